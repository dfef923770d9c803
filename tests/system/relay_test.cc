// tocsin-relay as a process: start, welcome, refuse, stop.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/base/files.h"
#include "protocol/pairing/link.h"
#include "tests/support/net_client.h"
#include "tests/support/relay_process.h"

namespace tocsin::test {
namespace {

using net::Lost;
using net::ReadingConnection;

class RelayTest : public testing::Test {
 protected:
  RelayTest() : context_(std::move(*net::ZmqContext::create())) {}
  net::ZmqContext context_;
  SystemRng rng_;
};

TEST_F(RelayTest, AnsweringHelloItShowsTheKeysOfItsAddress) {
  RelayProcess relay;
  ASSERT_TRUE(relay.start()) << relay.logs();
  ReadingConnection connection(context_, {relay.address()}, rng_);
  Pump pump(connection);
  ASSERT_TRUE(pump.until_welcome()) << relay.logs();
  const Welcome& welcome = *connection.welcome();
  EXPECT_EQ(welcome.curve, relay.address().curve);
  EXPECT_EQ(store_pin_of(welcome.store), relay.address().store_pin);
  EXPECT_EQ(welcome.durability, Durability::kDurable);
  EXPECT_EQ(welcome.access, AccessPolicy::kOpen);
}

TEST_F(RelayTest, EveryConnectionGetsItsOwnNonce) {
  RelayProcess relay;
  ASSERT_TRUE(relay.start()) << relay.logs();
  ReadingConnection one(context_, {relay.address()}, rng_);
  ReadingConnection two(context_, {relay.address()}, rng_);
  ASSERT_TRUE(Pump(one).until_welcome());
  ASSERT_TRUE(Pump(two).until_welcome());
  EXPECT_NE(one.welcome()->nonce, two.welcome()->nonce);
}

TEST_F(RelayTest, AnotherTransportKeyThanTheAddressesIsRefusedBeforeAnyWord) {
  RelayProcess relay;
  ASSERT_TRUE(relay.start()) << relay.logs();
  RelayAddress wrong = relay.address();
  rng_.fill(wrong.curve.mutable_view());
  ReadingConnection connection(context_, {wrong}, rng_);
  Pump pump(connection);
  ASSERT_TRUE(pump.run(10'000, [&] { return !pump.all<Lost>().empty(); }));
  EXPECT_EQ(pump.all<Lost>()[0]->why.code, kNetHandshake);
  EXPECT_FALSE(connection.ready());
}

TEST_F(RelayTest, AnotherStoreThanTheAddressesIsRefused) {
  RelayProcess relay;
  ASSERT_TRUE(relay.start()) << relay.logs();
  RelayAddress wrong = relay.address();
  rng_.fill(wrong.store_pin.mutable_view());
  ReadingConnection connection(context_, {wrong}, rng_);
  Pump pump(connection);
  ASSERT_TRUE(pump.run(10'000, [&] { return !pump.all<Lost>().empty(); }));
  EXPECT_EQ(pump.all<Lost>()[0]->why.code, kWrongStore);
  EXPECT_TRUE(pump.all<Welcome>().empty());
}

TEST_F(RelayTest, SigtermEndsItInLessThanTwoSecondsWithPeersConnected) {  // trap Z9
  RelayProcess relay;
  ASSERT_TRUE(relay.start()) << relay.logs();
  ReadingConnection connection(context_, {relay.address()}, rng_);
  Pump pump(connection);
  ASSERT_TRUE(pump.until_welcome());
  const auto took = relay.stop();
  ASSERT_TRUE(took.has_value()) << relay.logs();
  EXPECT_LT(took->count(), 2'000);
  EXPECT_TRUE(pump.run(10'000, [&] { return !pump.all<Lost>().empty(); }));
}

TEST_F(RelayTest, AfterKillNineItComesBackAtTheSameAddressAndTheClientDialsAgain) {  // trap Z14
  RelayProcess relay;
  ASSERT_TRUE(relay.start()) << relay.logs();
  const RelayAddress before = relay.address();
  ReadingConnection connection(context_, {relay.address()}, rng_);
  Pump pump(connection);
  ASSERT_TRUE(pump.until_welcome());
  const WelcomeNonce nonce = connection.welcome()->nonce;
  ASSERT_TRUE(relay.restart_after_kill()) << relay.logs();
  EXPECT_EQ(relay.address(), before);
  ASSERT_TRUE(pump.run(20'000, [&] { return pump.all<Welcome>().size() == 2; }));
  EXPECT_NE(connection.welcome()->nonce, nonce) << "a new line, a new session";
  EXPECT_EQ(pump.all<Lost>().size(), 1U);
}

TEST_F(RelayTest, StatusCountsAndNamesNobody) {
  RelayProcess relay;
  ASSERT_TRUE(relay.start()) << relay.logs();
  EXPECT_EQ(relay.figure("/connections/now"), 0);
  ReadingConnection connection(context_, {relay.address()}, rng_);
  ASSERT_TRUE(Pump(connection).until_welcome());
  EXPECT_TRUE(
      holds_within(milliseconds(5'000), [&] { return relay.figure("/connections/now") == 1; }));
}

TEST_F(RelayTest, CommandsWithoutARunningRelaySayWhatToDo) {
  RelayProcess relay;
  int code = 0;
  relay.command("status", &code);
  EXPECT_EQ(code, 5);
  EXPECT_THAT(relay.logs(), testing::HasSubstr("error: the relay does not run\nhint:  start it"));
  relay.command("check", &code);
  EXPECT_EQ(code, 0);
  relay.command("init --listen 127.0.0.1:0 --directory " + (relay.folder() / "x").string(), &code);
  EXPECT_EQ(code, 1) << "init overwrites nothing";
  relay.command("dance", &code);
  EXPECT_EQ(code, 2);
}

TEST_F(RelayTest, ItsCountersAreThereForPrometheusToo) {
  RelayProcess relay;
  ASSERT_TRUE(relay.start()) << relay.logs();
  const std::filesystem::path file = relay.folder() / "tocsin.prom";
  int code = 0;
  relay.command("status --prometheus " + file.string(), &code);
  ASSERT_EQ(code, 0);
  const std::string text(as_text(read_file(file, 1 << 16).value()));
  EXPECT_THAT(text, testing::HasSubstr("# TYPE tocsin_relay_connections_now gauge\n"
                                       "tocsin_relay_connections_now 0\n"));
  EXPECT_THAT(text, testing::HasSubstr("# TYPE tocsin_relay_frames_in_total counter\n"));
  EXPECT_EQ(text.find("tocsin-relay:"), std::string::npos) << "no address, no key";
}

// STO-5.2
TEST_F(RelayTest, ARelayThatClosesSaysSoAndStaysOpenWhenThatIsTakenBack) {
  RelayProcess relay;
  int code = 0;
  relay.command("close 2027-02-30", &code);
  EXPECT_EQ(code, 2);
  relay.command("close", &code);
  EXPECT_EQ(code, 2);
  relay.command("close 2027-03-31", &code);
  ASSERT_EQ(code, 0);
  ASSERT_TRUE(relay.start()) << relay.logs();
  {
    ReadingConnection connection(context_, {relay.address()}, rng_);
    ASSERT_TRUE(Pump(connection).until_welcome());
    ASSERT_TRUE(connection.welcome()->notice.has_value());
    EXPECT_EQ(connection.welcome()->notice->closing, parse_day("2027-03-31").value());
  }
  ASSERT_TRUE(relay.stop().has_value());
  relay.command("close --undo", &code);
  ASSERT_EQ(code, 0);
  ASSERT_TRUE(relay.start()) << relay.logs();
  ReadingConnection connection(context_, {relay.address()}, rng_);
  ASSERT_TRUE(Pump(connection).until_welcome());
  EXPECT_FALSE(connection.welcome()->notice.has_value());
}

// STO-5.3, BRD-3.8: its refusals are EngineBoardTest's.
TEST_F(RelayTest, BoardsAreBlockedByIdOrByLinkAndListed) {
  RelayProcess relay;
  const std::string id(64, 'a');
  int code = 0;
  EXPECT_EQ(relay.command("block", &code), "No board is blocked.\n");
  relay.command("block " + id, &code);
  ASSERT_EQ(code, 0);
  EXPECT_EQ(relay.command("block", &code), id + "\n");
  relay.command("block 'tocsin:broken'", &code);
  EXPECT_EQ(code, 2);
  relay.command("block 00ff", &code);
  EXPECT_EQ(code, 2);
  relay.command("block --undo", &code);
  EXPECT_EQ(code, 2);
  ASSERT_TRUE(relay.start()) << relay.logs();
  SeededRng rng(1);
  const auto reported = [&](const CurvePublic& curve) {
    RelayAddress address = relay.address();
    address.curve = curve;
    const Link link{.kind = CardKind::kInvitation,
                    .relay = address,
                    .access = SecretBytes(),
                    .locator = rng.draw<Locator>(),
                    .secret = InvitationSecret::random(rng),
                    .commitment = rng.draw<IdentityCommitment>(),
                    .least_number = 1};
    relay.command("block '" + print_link(link).value() + "'", &code);
    return to_hex(link.locator.view());
  };
  const std::string board = reported(relay.address().curve);
  EXPECT_EQ(code, 0);
  EXPECT_THAT(relay.command("block", &code), testing::HasSubstr(board));
  reported(rng.draw<CurvePublic>());
  EXPECT_EQ(code, 2) << "that leads to another relay";
  relay.command("block --undo " + board, &code);
  ASSERT_TRUE(relay.stop().has_value());
  relay.command("block --undo " + id, &code);
  EXPECT_EQ(relay.command("block --json", &code), "{\"blocked\": []}\n");
  const std::filesystem::path list = relay.folder() / "state" / "blocked";
  ASSERT_TRUE(replace_file(list, as_bytes("not an id\n")).has_value());
  EXPECT_FALSE(relay.start()) << "what was blocked would be served";
}

// STO-5.1
TEST_F(RelayTest, ARotatedStoreHasAnotherKeyAndTheSameAddress) {
  RelayProcess relay;
  int code = 0;
  relay.command("rotate-store", &code);
  EXPECT_EQ(code, 8) << "there is none yet";
  ASSERT_TRUE(relay.start()) << relay.logs();
  const RelayAddress before = relay.address();
  relay.command("rotate-store", &code);
  EXPECT_EQ(code, 6) << "not while it runs";
  ASSERT_TRUE(relay.stop().has_value());
  const std::filesystem::path keys = relay.folder() / "state" / "keys";
  const Bytes old_keys = read_file(keys, 1'000).value();
  relay.command("rotate-store", &code);
  ASSERT_EQ(code, 0) << relay.logs();
  EXPECT_NE(read_file(keys, 1'000).value(), old_keys);
  ASSERT_TRUE(relay.start()) << relay.logs();
  EXPECT_EQ(relay.address(), before);
  ASSERT_TRUE(relay.stop().has_value());
  // The keys of yesterday open nothing of today.
  ASSERT_TRUE(replace_file(keys, old_keys).has_value());
  relay.command("check", &code);
  EXPECT_EQ(code, 8);
}

TEST_F(RelayTest, TwoRelaysDoNotShareAStore) {
  RelayProcess relay;
  ASSERT_TRUE(relay.start()) << relay.logs();
  int code = 0;
  relay.command("run", &code);
  EXPECT_EQ(code, 6);
  EXPECT_TRUE(relay.is_running());
}

TEST_F(RelayTest, AnEphemeralRelayLeavesNoStoreBehind) {
  RelayProcess relay({.ephemeral = true});
  ASSERT_TRUE(relay.start()) << relay.logs();
  ReadingConnection connection(context_, {relay.address()}, rng_);
  ASSERT_TRUE(Pump(connection).until_welcome());
  EXPECT_EQ(connection.welcome()->durability, Durability::kEphemeral);
  ASSERT_TRUE(relay.stop().has_value()) << relay.logs();
  EXPECT_FALSE(std::filesystem::exists(relay.folder() / "state" / "store.db"));
}

}  // namespace
}  // namespace tocsin::test

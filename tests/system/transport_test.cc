// The client's transport against the real relay through proxies in every mood (traps Z2, Z11, Z14),
// and what a watcher of the wire sees.
#include <gtest/gtest.h>

#include <set>

#include "protocol/limits.h"
#include "tests/support/net_client.h"
#include "tests/support/relay_process.h"
#include "tests/support/test_proxy.h"

namespace tocsin::test {
namespace {

using net::Lost;
using net::ReadingConnection;

class TransportTest : public testing::Test {
 protected:
  TransportTest() : context_(std::move(*net::ZmqContext::create())) {}
  void SetUp() override { ASSERT_TRUE(relay_.start()) << relay_.logs(); }

  net::Destination through(const TestProxy& proxy) const {
    return {relay_.address(), net::Proxy{"127.0.0.1", proxy.port()}};
  }

  net::ZmqContext context_;
  SystemRng rng_;
  RelayProcess relay_;
};

TEST_F(TransportTest, AHealthyProxyIsNoDifference) {
  TestProxy proxy(ProxyKind::kSocks, relay_.address().port);
  ReadingConnection connection(context_, through(proxy), rng_);
  EXPECT_TRUE(Pump(connection).until_welcome());
}

TEST_F(TransportTest, CredentialsReachTheProxyAndDifferPerConnection) {  // trap Z11
  TestProxy proxy(ProxyKind::kSocks, relay_.address().port);
  net::Destination first = through(proxy);
  first.proxy->credentials = {"lane-1", "one"};
  net::Destination second = through(proxy);
  second.proxy->credentials = {"lane-2", "two"};
  ReadingConnection one(context_, first, rng_);
  net::DepositConnection two(context_, second, rng_);
  ASSERT_TRUE(Pump(one).until_welcome());
  ASSERT_TRUE(Pump(two).until_welcome());
  const auto lines = proxy.lines();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].user, "lane-1");
  EXPECT_EQ(lines[0].password, "one");
  EXPECT_EQ(lines[1].user, "lane-2");
  EXPECT_EQ(lines[1].password, "two");
}

TEST_F(TransportTest, AStalledProxyIsLeftAfterTwentySecondsAndTheNextDialSucceeds) {  // trap Z2
  TestProxy proxy(ProxyKind::kSocks, relay_.address().port);
  proxy.set(ProxyMood::kStalled);
  ReadingConnection connection(context_, through(proxy), rng_);
  Pump pump(connection);
  EXPECT_FALSE(pump.run(500, [&] { return !pump.events.empty(); }));
  pump.skip(net::kWelcomeMs - 1'000);
  EXPECT_FALSE(pump.run(200, [&] { return !pump.events.empty(); }));
  pump.skip(1'000);
  ASSERT_TRUE(pump.run(1'000, [&] { return !pump.events.empty(); }));
  EXPECT_EQ(pump.all<Lost>()[0]->why.code, kNetNoWelcome);
  proxy.set(ProxyMood::kHealthy);
  const net::Milliseconds begin = net::steady_now();
  EXPECT_TRUE(pump.until_welcome(5'000));
  EXPECT_LT(net::steady_now() - begin, 5'000);
}

TEST_F(TransportTest,
       ARefusingProxyIsNotHammered) {  // trap Z2: libzmq alone comes back every 0.15 s
  TestProxy proxy(ProxyKind::kSocks, relay_.address().port);
  proxy.set(ProxyMood::kRefusing);
  ReadingConnection connection(context_, through(proxy), rng_);
  Pump pump(connection);
  ASSERT_TRUE(pump.run(3'000, [&] { return !pump.events.empty(); }));
  EXPECT_EQ(pump.all<Lost>()[0]->why.code, kNetUnreachable);
  pump.run(1'200, [] { return false; });
  EXPECT_EQ(proxy.accepted(), 1U);
  proxy.set(ProxyMood::kHealthy);
  EXPECT_TRUE(pump.until_welcome(5'000));
}

TEST_F(TransportTest, AProxyThatHangsUpInTheMiddleIsUnreachable) {
  TestProxy proxy(ProxyKind::kSocks, relay_.address().port);
  proxy.set(ProxyMood::kHangsUp);
  ReadingConnection connection(context_, through(proxy), rng_);
  Pump pump(connection);
  ASSERT_TRUE(pump.run(3'000, [&] { return !pump.events.empty(); }));
  EXPECT_EQ(pump.all<Lost>()[0]->why.code, kNetUnreachable);
}

TEST_F(TransportTest, ASlowProxyIsWaitedFor) {
  TestProxy proxy(ProxyKind::kSocks, relay_.address().port);
  proxy.set(ProxyMood::kSlow);
  ReadingConnection connection(context_, through(proxy), rng_);
  Pump pump(connection);
  EXPECT_TRUE(pump.until_welcome(15'000));
  EXPECT_TRUE(pump.all<Lost>().empty());
}

TEST_F(TransportTest, ADeadProxyIsSaidToBeUnreachable) {
  std::uint16_t port = 0;
  {
    const TestProxy gone(ProxyKind::kSocks, relay_.address().port);
    port = gone.port();
  }
  ReadingConnection connection(context_, {relay_.address(), net::Proxy{"127.0.0.1", port}}, rng_);
  Pump pump(connection);
  ASSERT_TRUE(pump.run(3'000, [&] { return !pump.events.empty(); }));
  EXPECT_EQ(pump.all<Lost>()[0]->why.code, kNetUnreachable);
}

TEST_F(TransportTest, ALineThatGoesDarkIsNoticedByThePingAndDialledAgain) {
  TestProxy proxy(ProxyKind::kPlain, relay_.address().port);
  RelayAddress address = relay_.address();
  address.port = proxy.port();
  ReadingConnection connection(context_, {address}, rng_);
  Pump pump(connection);
  ASSERT_TRUE(pump.until_welcome());
  // Pings keep a silent line alive, unseen by the caller.
  for (int minute = 0; minute < 3; ++minute) {
    pump.skip(net::kPingMs + net::kPingJitterMs);
    pump.run(300, [] { return false; });
  }
  EXPECT_EQ(pump.events.size(), 1U);
  proxy.set(ProxyMood::kBlackHole);
  pump.skip(net::kPingMs + net::kPingJitterMs);
  pump.run(200, [] { return false; });
  EXPECT_TRUE(pump.all<Lost>().empty());
  pump.skip(net::kAnswerMs);
  ASSERT_TRUE(pump.run(1'000, [&] { return !pump.all<Lost>().empty(); }));
  EXPECT_EQ(pump.all<Lost>()[0]->why.code, kNetGone);
  proxy.set(ProxyMood::kHealthy);
  EXPECT_TRUE(pump.run(6'000, [&] { return pump.all<Welcome>().size() == 2; }));
}

TEST_F(TransportTest, OnTheWireEveryApplicationFrameInBothDirectionsHasOneSize) {
  TestProxy proxy(ProxyKind::kPlain, relay_.address().port);
  RelayAddress address = relay_.address();
  address.port = proxy.port();
  std::size_t replies = 0;
  {
    net::DepositConnection connection(context_, {address}, rng_);
    Pump pump(connection);
    ASSERT_TRUE(pump.until_welcome());
    // Of every kind that needs no mailbox: small, large, refused, unknown.
    std::vector<RequestId> asked;
    for (int i = 0; i < 20; ++i) {
      asked.push_back(*connection.request(GetBoard{}));
      asked.push_back(*connection.request(Deposit{{}, Bytes(kEnvelopeBytes, 7)}));
      asked.push_back(*connection.request(PutBoard{Bytes(200, 1)}));
      asked.push_back(*connection.request(WatchBoard{}));
    }
    for (const RequestId id : asked) {
      ASSERT_NE(pump.until_reply(id), nullptr);
      ++replies;
    }
  }
  EXPECT_EQ(replies, 80U);
  // CURVE's own part of a frame: command name 8, nonce 8, authenticator 16, flags 1.
  constexpr std::uint64_t kFrameOnWire = kCellBytes + 33;
  const auto lines = proxy.lines();
  ASSERT_EQ(lines.size(), 1U);
  for (const Bytes& stream : {lines[0].to_relay, lines[0].to_client}) {
    const ZmtpFrames frames = zmtp_frames(stream);
    EXPECT_EQ(frames.commands.size(), 2U) << "two steps of the CURVE handshake each way";
    EXPECT_GE(frames.messages.size(), 3U);
    EXPECT_EQ(std::set<std::uint64_t>(frames.messages.begin(), frames.messages.end()),
              std::set<std::uint64_t>{kFrameOnWire});
  }
}

TEST_F(TransportTest, TwoLinesOfOneConnectionHaveNothingInCommonOnTheWire) {  // trap Z14
  TestProxy proxy(ProxyKind::kPlain, relay_.address().port);
  RelayAddress address = relay_.address();
  address.port = proxy.port();
  ReadingConnection connection(context_, {address}, rng_);
  Pump pump(connection);
  ASSERT_TRUE(pump.until_welcome());
  ASSERT_TRUE(relay_.restart_after_kill()) << relay_.logs();
  ASSERT_TRUE(pump.run(10'000, [&] { return pump.all<Welcome>().size() == 2; }));
  const auto lines = proxy.lines();
  ASSERT_GE(lines.size(), 2U);
  // HELLO after the greeting: frame head 2, name 6, version 2, padding 72, then the client's
  // short-term key 32.
  constexpr std::size_t kKeyAt = 64 + 2 + 6 + 2 + 72;
  std::set<Bytes> keys;
  std::size_t greeted = 0;
  for (const ProxiedLine& line : lines) {
    if (line.to_relay.size() < kKeyAt + 32) continue;  // the relay was down
    ++greeted;
    keys.insert(to_bytes(BytesView(line.to_relay).subspan(kKeyAt, 32)));
  }
  EXPECT_GE(greeted, 2U);
  EXPECT_EQ(keys.size(), greeted);
}

}  // namespace
}  // namespace tocsin::test

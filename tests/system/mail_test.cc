// A cell's way through the real relay: created, deposited, pushed, acknowledged, over kill -9.
#include <gtest/gtest.h>

#include "client/net/calls.h"
#include "crypto/box/agree.h"
#include "protocol/wire/reply.h"
#include "tests/support/net_client.h"
#include "tests/support/relay_process.h"

namespace tocsin::test {
namespace {

class MailTest : public testing::Test {
 protected:
  MailTest()
      : context_(std::move(*net::ZmqContext::create())),
        owner_(make_x25519_pair<OwnerPublic, OwnerSecret>(rng_)) {}
  void SetUp() override { ASSERT_TRUE(relay_.start()) << relay_.logs(); }

  net::OwnerKeys owner() const { return {owner_.public_key, owner_.secret}; }
  net::Destination there() const { return {relay_.address()}; }
  void create_mailbox() {
    net::ReadingConnection connection(context_, there(), rng_);
    Pump pump(connection);
    ASSERT_TRUE(pump.until_welcome());
    const auto id =
        connection.request(CreateMailbox{owner_.public_key, MailboxClass::kContact, kContactQuota},
                           net::as_new_owner(owner(), password_));
    ASSERT_TRUE(id.has_value());
    const Reply* reply = pump.until_reply(*id);
    ASSERT_NE(reply, nullptr);
    ASSERT_EQ(reply->answer, Answer::kOk);
    mailbox_ = decode_created(reply->body).value();
  }
  // How many of `count` deposits, numbered in their first byte from `first`, were answered ok.
  std::size_t deposit(std::size_t first, std::size_t count) {
    net::DepositConnection connection(context_, there(), rng_);
    Pump pump(connection);
    if (!pump.until_welcome()) return 0;
    std::vector<RequestId> ids;
    for (std::size_t i = first; i < first + count; ++i)
      ids.push_back(*connection.request(
          Deposit{mailbox_.drop_id, Bytes(kEnvelopeBytes, static_cast<std::uint8_t>(i))}));
    std::size_t ok = 0;
    for (const RequestId id : ids) {
      const Reply* reply = pump.until_reply(id);
      if (reply != nullptr && reply->answer == Answer::kOk) ++ok;
    }
    return ok;
  }

  net::ZmqContext context_;
  SystemRng rng_;
  KeyPair<OwnerPublic, OwnerSecret> owner_;
  SecretBytes password_;
  // Little work: the tests' processor is shared.
  RelayProcess relay_{{.extra_config = "work_bits = 2\n"}};
  CreatedMailbox mailbox_;
};

TEST_F(MailTest, WhatWasAnsweredOkArrivesInOrderAfterKillNine) {
  create_mailbox();
  constexpr std::size_t kCells = 40;
  ASSERT_EQ(deposit(0, kCells), kCells);
  ASSERT_TRUE(relay_.restart_after_kill()) << relay_.logs();

  net::ReadingConnection connection(context_, there(), rng_);
  Pump pump(connection);
  ASSERT_TRUE(pump.until_welcome());
  ASSERT_TRUE(connection.request(Subscribe{mailbox_.read_id, kMaxCredit}, net::as_owner(owner())));
  ASSERT_TRUE(pump.run(10'000, [&] { return pump.all<Push>().size() == kCells; }));
  for (std::size_t i = 0; i < kCells; ++i)
    EXPECT_EQ(pump.all<Push>()[i]->body, Bytes(kEnvelopeBytes, static_cast<std::uint8_t>(i)));

  const auto acked = connection.request(Ack{mailbox_.read_id, pump.all<Push>().back()->sequence, 8},
                                        net::as_owner(owner()));
  ASSERT_TRUE(acked.has_value());
  ASSERT_NE(pump.until_reply(*acked), nullptr);
  EXPECT_EQ(pump.reply_to(*acked)->answer, Answer::kOk);
  EXPECT_TRUE(
      holds_within(milliseconds(5'000), [&] { return relay_.figure("/stored/cells") == 0; }));
}

TEST_F(MailTest, ACellDepositedWhileTheReaderListensIsPushedWithinASecond) {
  create_mailbox();
  net::ReadingConnection connection(context_, there(), rng_);
  Pump pump(connection);
  ASSERT_TRUE(pump.until_welcome());
  const auto subscribed =
      connection.request(Subscribe{mailbox_.read_id, 8}, net::as_owner(owner()));
  ASSERT_NE(pump.until_reply(*subscribed), nullptr);
  ASSERT_EQ(deposit(7, 1), 1U);
  ASSERT_TRUE(pump.run(1'000, [&] { return pump.all<Push>().size() == 1; }));
  EXPECT_EQ(pump.all<Push>()[0]->body, Bytes(kEnvelopeBytes, 7));
}

TEST_F(MailTest, WithoutTheOwnersTagNothingChanges) {  // trap Z4
  create_mailbox();
  ASSERT_EQ(deposit(0, 3), 3U);
  const auto stranger = make_x25519_pair<OwnerPublic, OwnerSecret>(rng_);
  const net::OwnerKeys thief{stranger.public_key, stranger.secret};
  net::ReadingConnection connection(context_, there(), rng_);
  Pump pump(connection);
  ASSERT_TRUE(pump.until_welcome());
  std::vector<RequestId> asked;
  for (const net::Authorise& authorise : {net::Authorise{}, net::as_owner(thief)}) {
    asked.push_back(*connection.request(Subscribe{mailbox_.read_id, 8}, authorise));
    asked.push_back(*connection.request(Ack{mailbox_.read_id, {~0ULL}, 8}, authorise));
    asked.push_back(*connection.request(RotateDrop{mailbox_.read_id}, authorise));
    asked.push_back(*connection.request(DeleteMailbox{mailbox_.read_id}, authorise));
  }
  for (const RequestId id : asked) {
    const Reply* reply = pump.until_reply(id);
    ASSERT_NE(reply, nullptr);
    EXPECT_NE(reply->answer, Answer::kOk);
  }
  EXPECT_TRUE(pump.all<Push>().empty());
  EXPECT_TRUE(
      holds_within(milliseconds(5'000), [&] { return relay_.figure("/stored/cells") == 3; }));
  EXPECT_EQ(deposit(3, 1), 1U) << "the dropId still lives";
}

TEST_F(MailTest, StoredListsTheSameFromTheRunningRelayAndFromItsFile) {
  create_mailbox();
  ASSERT_EQ(deposit(0, 5), 5U);
  int code = -1;
  const std::string running = relay_.command("stored --ciphertext", &code);
  EXPECT_EQ(code, 0) << relay_.logs();
  EXPECT_NE(running.find("{\"mailbox\":{"), std::string::npos);
  EXPECT_NE(running.find("\"counter\":5"), std::string::npos);
  EXPECT_TRUE(running.ends_with("{\"end\":true}\n"));
  EXPECT_EQ(running.find(to_hex(mailbox_.read_id.view())), std::string::npos)
      << "the relay itself keeps only hashes of the ids";
  ASSERT_TRUE(relay_.stop().has_value());
  EXPECT_EQ(relay_.command("stored --ciphertext", &code), running);
  EXPECT_EQ(code, 0);
}

}  // namespace
}  // namespace tocsin::test

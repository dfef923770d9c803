// The engine over the SQLCipher store, and what a full disk does to it.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "relay/store/sqlcipher_store.h"
#include "tests/support/relay_house.h"
#include "tests/support/temporary_folder.h"

namespace tocsin {
namespace {

// Files of this process may not grow beyond a size while it lives: a full disk that can be emptied.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    old_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit now = before_;
    now.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &now);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, old_handler_);
  }

 private:
  rlimit before_{};
  void (*old_handler_)(int) = nullptr;
};

class EngineDiskTest : public testing::Test {
 protected:
  TemporaryFolder folder_;
  SeededRng rng_{3};
  DatabaseKey key_ = DatabaseKey::random(rng_);
  StorePaths paths_{folder_.file("store.db"), folder_.file("boot_epoch")};
  std::unique_ptr<SqlcipherStore> store_ = SqlcipherStore::create(paths_, key_).value();
};

TEST_F(EngineDiskTest, WhatWasAcceptedIsThereAfterClosingAndOpening) {
  std::optional<OwnedMailbox> mailbox;
  // The relay's long-lived keys must be the same ones: the house draws them from its seed.
  {
    RelayHouse house(*store_);
    Peer peer(house);
    mailbox = peer.create();
    for (std::uint8_t content = 1; content <= 20; ++content)
      ASSERT_EQ(peer.deposit(mailbox->ids.drop_id, content), Answer::kOk);
    ASSERT_EQ(peer.subscribe(*mailbox, 64), Answer::kOk);
    const std::vector<Push> pushes = peer.take_pushes();
    ASSERT_EQ(pushes.size(), 20U);
    ASSERT_EQ(peer.ack(*mailbox, pushes[4].sequence), Answer::kOk);
  }
  ASSERT_TRUE(std::move(*store_).close().has_value());
  store_ = SqlcipherStore::open(paths_, key_).value();
  RelayHouse house(*store_);
  Peer peer(house);
  ASSERT_EQ(peer.subscribe(*mailbox, 64), Answer::kOk);
  const std::vector<int> contents = peer.take_contents();
  ASSERT_EQ(contents.size(), 15U);
  EXPECT_EQ(contents.front(), 6);
  EXPECT_TRUE(store_->check().has_value());
}

// STO-3.1: refuse the new, keep the old, never lose.
TEST_F(EngineDiskTest, AFullDiskRefusesTheNewKeepsTheOldAndRecovers) {
  RelayHouse house(*store_);
  Peer peer(house);
  const OwnedMailbox mailbox = peer.create(MailboxClass::kPublic, kPublicQuota);
  const auto deposit = [&](std::uint8_t content) {
    house.now = milliseconds_after(house.now, 100);  // within the rates
    Request request = peer.request(Peer::deposit_of(mailbox.ids.drop_id, content));
    request.access = prove_access(RelayHouse::access_key(), peer.facts(), request);
    peer.put_message(Requests{{request}});
    EXPECT_TRUE(house.commit().has_value());
    EXPECT_TRUE(house.tick().has_value());
    EXPECT_TRUE(house.commit().has_value());
    peer.collect();
    return peer.replies.at(request.id.value).answer;
  };
  std::vector<int> accepted;
  {
    const FileSizeLimit limit(1 << 20);
    int refused = 0;
    for (int i = 0; i < 1'000 && refused < 15; ++i) {
      const auto content = static_cast<std::uint8_t>(i % 251);
      const Answer answer = deposit(content);
      if (answer == Answer::kOk) accepted.push_back(content);
      if (answer == Answer::kBusy) ++refused;
      ASSERT_TRUE(answer == Answer::kOk || answer == Answer::kBusy) << answer_name(answer);
    }
    EXPECT_EQ(refused, 15);
    EXPECT_GT(accepted.size(), 50U);
    EXPECT_EQ(house.figures().stored.cells, accepted.size());
  }
  house.now = milliseconds_after(house.now, kDiskFullPauseMilliseconds);
  ASSERT_EQ(deposit(252), Answer::kOk);
  accepted.push_back(252);
  ASSERT_EQ(peer.subscribe(mailbox, kMaxCredit), Answer::kOk);
  std::vector<int> got;
  for (std::vector<Push> pushes = peer.take_pushes(); !pushes.empty();
       pushes = peer.take_pushes()) {
    for (const Push& push : pushes) got.push_back(push.body.front());
    ASSERT_EQ(peer.ack(mailbox, pushes.back().sequence, kMaxCredit), Answer::kOk);
  }
  EXPECT_EQ(got, accepted);
  EXPECT_TRUE(store_->check().has_value());
}

// A deposit of a lost batch was pushed already: its reader may acknowledge it, and nothing of what
// is stored goes with it.
TEST_F(EngineDiskTest, APushOfALostBatchIsHarmless) {
  RelayHouse house(*store_);
  Peer reader(house), sender(house);
  const OwnedMailbox mailbox = reader.create();
  ASSERT_EQ(reader.subscribe(mailbox, 64), Answer::kOk);
  ASSERT_EQ(sender.deposit(mailbox.ids.drop_id, 1), Answer::kOk);
  Sequence lost;
  {
    const FileSizeLimit limit(16);
    const RequestId id = sender.send(Peer::deposit_of(mailbox.ids.drop_id, 2));
    const std::vector<Push> pushes = reader.take_pushes();
    ASSERT_EQ(pushes.size(), 2U);
    lost = pushes[1].sequence;
    ASSERT_TRUE(house.commit().has_value());
    sender.collect();
    EXPECT_EQ(sender.replies.at(id.value).answer, Answer::kBusy);
    EXPECT_EQ(house.figures().lost_batches, 1U);
  }
  house.now = milliseconds_after(house.now, kDiskFullPauseMilliseconds);
  ASSERT_EQ(sender.deposit(mailbox.ids.drop_id, 3), Answer::kOk);
  const std::vector<Push> pushes = reader.take_pushes();
  ASSERT_EQ(pushes.size(), 1U);
  EXPECT_GT(pushes[0].sequence, lost);
  ASSERT_EQ(reader.ack(mailbox, lost), Answer::kOk);
  EXPECT_EQ(house.figures().stored.cells, 1U);
  ASSERT_EQ(reader.ack(mailbox, pushes[0].sequence), Answer::kOk);
  EXPECT_EQ(house.figures().stored.cells, 0U);
}

}  // namespace
}  // namespace tocsin

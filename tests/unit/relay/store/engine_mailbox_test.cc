#include <gtest/gtest.h>

#include "relay/store/memory_store.h"
#include "tests/support/relay_house.h"

namespace tocsin {
namespace {

using Contents = std::vector<int>;

class EngineMailboxTest : public testing::Test {
 protected:
  MemoryStore store_;
  RelayHouse house_{store_};
  Peer reader_{house_};
  Peer sender_{house_};
};

// MBX-13.4, MBX-10.1
TEST_F(EngineMailboxTest, ADepositIsPushedAndGoneOnceAcknowledged) {
  const OwnedMailbox mailbox = reader_.create();
  EXPECT_EQ(reader_.subscribe(mailbox), Answer::kOk);
  EXPECT_EQ(sender_.deposit(mailbox.ids.drop_id, 5), Answer::kOk);
  const std::vector<Push> pushes = reader_.take_pushes();
  ASSERT_EQ(pushes.size(), 1U);
  EXPECT_EQ(pushes[0].body, Bytes(kEnvelopeBytes, 5));
  EXPECT_EQ(house_.figures().stored.cells, 1U);
  EXPECT_EQ(reader_.ack(mailbox, pushes[0].sequence), Answer::kOk);
  EXPECT_EQ(house_.figures().stored.cells, 0U);
  EXPECT_TRUE(reader_.take_pushes().empty());
}

// MBX-3.1, STO-4.2: the push leaves at once, no answer before the commit.
TEST_F(EngineMailboxTest, APushLeavesBeforeTheCommitAndNoAnswerDoes) {
  const OwnedMailbox mailbox = reader_.create();
  reader_.subscribe(mailbox);
  const RequestId id = sender_.send(Peer::deposit_of(mailbox.ids.drop_id, 5));
  EXPECT_EQ(reader_.take_contents(), Contents{5});
  sender_.collect();
  EXPECT_FALSE(sender_.replies.contains(id.value));
  ASSERT_TRUE(house_.commit().has_value());
  sender_.collect();
  EXPECT_EQ(sender_.replies.at(id.value).answer, Answer::kOk);
}

TEST_F(EngineMailboxTest, ACellAcknowledgedInsideTheWindowIsNeverStored) {
  const OwnedMailbox mailbox = reader_.create();
  reader_.subscribe(mailbox);
  sender_.send(Peer::deposit_of(mailbox.ids.drop_id, 5));
  const Sequence sequence = reader_.take_pushes().at(0).sequence;
  EXPECT_EQ(reader_.ack(mailbox, sequence), Answer::kOk);
  EXPECT_EQ(house_.figures().stored.cells, 0U);
}

TEST_F(EngineMailboxTest, AllAnswersOfABatchToAConnectionLeaveInAsFewCellsAsFit) {
  for (int i = 0; i < 30; ++i) sender_.send(Ping{});
  ASSERT_TRUE(house_.commit().has_value());
  sender_.collect();
  EXPECT_EQ(sender_.replies.size(), 30U);
  EXPECT_EQ(sender_.reply_cells, 1);
}

// MBX-9.1: stored while nobody read, then drained oldest first within the credit.
TEST_F(EngineMailboxTest, CellsStoredWhileTheReaderWasAwayDrainOldestFirstWithinTheCredit) {
  const OwnedMailbox mailbox = reader_.create();
  for (std::uint8_t content = 1; content <= 10; ++content)
    EXPECT_EQ(sender_.deposit(mailbox.ids.drop_id, content), Answer::kOk);
  EXPECT_EQ(reader_.subscribe(mailbox, 4), Answer::kOk);
  std::vector<Push> pushes = reader_.take_pushes();
  ASSERT_EQ(pushes.size(), 4U);
  EXPECT_EQ(sender_.deposit(mailbox.ids.drop_id, 11), Answer::kOk);
  EXPECT_TRUE(reader_.take_pushes().empty());
  EXPECT_EQ(reader_.ack(mailbox, pushes[3].sequence, 100), Answer::kOk);
  EXPECT_EQ(reader_.take_contents(), (Contents{5, 6, 7, 8, 9, 10, 11}));
}

// MBX-9.2
TEST_F(EngineMailboxTest, ASecondSubscribeTakesOverAndTheFirstHearsSuperseded) {
  const OwnedMailbox mailbox = reader_.create();
  sender_.deposit(mailbox.ids.drop_id, 1);
  const RequestId first = reader_.send(Subscribe{mailbox.ids.read_id, 8}, &mailbox.owner);
  ASSERT_TRUE(house_.commit().has_value());
  EXPECT_EQ(reader_.take_contents(), Contents{1});
  Peer second(house_);
  EXPECT_EQ(second.subscribe(mailbox), Answer::kOk);
  EXPECT_EQ(second.take_contents(), Contents{1});
  reader_.collect();
  EXPECT_EQ(reader_.replies.at(first.value).answer, Answer::kSuperseded);
  sender_.deposit(mailbox.ids.drop_id, 2);
  EXPECT_TRUE(reader_.take_pushes().empty());
  EXPECT_EQ(second.take_contents(), Contents{2});
  EXPECT_EQ(house_.figures().subscriptions, 1U);
}

// MBX-4.3, MBX-10.2: whoever holds the connection but not the owner's key gets nothing.
TEST_F(EngineMailboxTest, AnEdgeWithoutTheOwnersKeyCanNeitherReadNorDelete) {
  const OwnedMailbox mailbox = reader_.create();
  sender_.deposit(mailbox.ids.drop_id, 1);
  Peer edge(house_);
  const OwnerPair own = make_x25519_pair<OwnerPublic, OwnerSecret>(house_.rng());
  const std::vector<Command> commands{
      Subscribe{mailbox.ids.read_id, 8}, Ack{mailbox.ids.read_id, {UINT64_MAX}, 8},
      RotateDrop{mailbox.ids.read_id, OldDropId::kDiesNow}, DeleteMailbox{mailbox.ids.read_id}};
  for (const Command& command : commands) {
    EXPECT_EQ(edge.answer_to(command), Answer::kRefused);
    EXPECT_EQ(edge.answer_to(command, &own), Answer::kRefused);
  }
  EXPECT_TRUE(edge.take_pushes().empty());
  EXPECT_EQ(house_.figures().stored, (StoreCounts{.mailboxes = 1, .cells = 1, .boards = 0}));
  EXPECT_EQ(reader_.subscribe(mailbox), Answer::kOk);
  EXPECT_EQ(reader_.take_contents(), Contents{1});
}

// MBX-4.2: a tag seen on one connection is worth nothing on another.
TEST_F(EngineMailboxTest, AnOwnersRequestReplayedOnAnotherConnectionIsRefused) {
  const OwnedMailbox mailbox = reader_.create();
  const Request seen = reader_.request(DeleteMailbox{mailbox.ids.read_id}, &mailbox.owner);
  Peer edge(house_);
  edge.put_message(Requests{{seen}});
  ASSERT_TRUE(house_.commit().has_value());
  edge.collect();
  EXPECT_EQ(edge.replies.at(seen.id.value).answer, Answer::kRefused);
  EXPECT_EQ(house_.figures().stored.mailboxes, 1U);
}

// MBX-4.3, MBX-4.4: counted, never timed.
TEST_F(EngineMailboxTest, AnUnknownMailboxCostsWhatAWrongTagCosts) {
  const OwnedMailbox mailbox = reader_.create();
  EXPECT_EQ(reader_.subscribe(mailbox), Answer::kOk);
  const OwnerPair wrong = make_x25519_pair<OwnerPublic, OwnerSecret>(house_.rng());
  const auto cost = [&](const Command& command, const OwnerPair* owner) {
    const std::uint64_t before = house_.figures().key_agreements;
    EXPECT_EQ(reader_.answer_to(command, owner), Answer::kRefused);
    return house_.figures().key_agreements - before;
  };
  const ReadId unknown = house_.rng().draw<ReadId>();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(cost(Subscribe{unknown, 8}, &wrong), 1U);
    EXPECT_EQ(cost(Subscribe{unknown, 8}, nullptr), 1U);
    EXPECT_EQ(cost(Subscribe{mailbox.ids.read_id, 8}, &wrong), 1U);
    EXPECT_EQ(cost(Subscribe{mailbox.ids.read_id, 8}, nullptr), 1U);
  }
  const std::uint64_t before = house_.figures().key_agreements;
  EXPECT_EQ(reader_.subscribe(mailbox), Answer::kOk);
  EXPECT_EQ(house_.figures().key_agreements, before);
}

// MBX-10.2
TEST_F(EngineMailboxTest, AnAckOfWhatWasNotPushedOnThisConnectionIsRefused) {
  const OwnedMailbox mailbox = reader_.create();
  sender_.deposit(mailbox.ids.drop_id, 1);
  reader_.subscribe(mailbox);
  const Sequence pushed = reader_.take_pushes().at(0).sequence;
  EXPECT_EQ(reader_.ack(mailbox, {pushed.value + 1}), Answer::kRefused);
  Peer second(house_);
  EXPECT_EQ(second.ack(mailbox, pushed), Answer::kRefused);
  EXPECT_EQ(house_.figures().stored.cells, 1U);
}

// MBX-2.1: the store dies between push and commit; the ack of the lost push comes late.
TEST_F(EngineMailboxTest, ALateAckAfterACrashBetweenPushAndCommitDeletesNothing) {
  const OwnedMailbox mailbox = reader_.create();
  reader_.subscribe(mailbox);
  sender_.send(Peer::deposit_of(mailbox.ids.drop_id, 1));
  const Sequence lost = reader_.take_pushes().at(0).sequence;
  house_.restart();

  Peer sender(house_), reader(house_);
  EXPECT_EQ(sender.deposit(mailbox.ids.drop_id, 2), Answer::kOk);
  EXPECT_EQ(reader.ack(mailbox, lost), Answer::kRefused);
  EXPECT_EQ(reader.subscribe(mailbox), Answer::kOk);
  const std::vector<Push> pushes = reader.take_pushes();
  ASSERT_EQ(pushes.size(), 1U);
  EXPECT_EQ(pushes[0].body.front(), 2);
  EXPECT_GT(pushes[0].sequence.value >> 32, lost.value >> 32);
  // Below everything pushed in this run: allowed, and covers nothing that is there.
  EXPECT_EQ(reader.ack(mailbox, lost), Answer::kOk);
  EXPECT_EQ(house_.figures().stored.cells, 1U);
}

// MBX-11.2
TEST_F(EngineMailboxTest, ARotatedDropIdWorksUntilACellOnTheNewOneIsAcknowledged) {
  const OwnedMailbox mailbox = reader_.create();
  reader_.subscribe(mailbox);
  const Reply rotated =
      reader_.ask(RotateDrop{mailbox.ids.read_id, OldDropId::kOverlaps}, &mailbox.owner);
  const DropId fresh = decode_rotated(rotated.body).value();
  EXPECT_EQ(sender_.deposit(mailbox.ids.drop_id, 1), Answer::kOk);
  EXPECT_EQ(sender_.deposit(fresh, 2), Answer::kOk);
  EXPECT_EQ(sender_.deposit(mailbox.ids.drop_id, 3), Answer::kOk);
  const std::vector<Push> pushes = reader_.take_pushes();
  ASSERT_EQ(pushes.size(), 3U);
  reader_.ack(mailbox, pushes[0].sequence);
  EXPECT_EQ(sender_.deposit(mailbox.ids.drop_id, 4), Answer::kOk);
  reader_.ack(mailbox, pushes[1].sequence);
  EXPECT_EQ(sender_.deposit(mailbox.ids.drop_id, 5), Answer::kRefused);
  EXPECT_EQ(sender_.deposit(fresh, 6), Answer::kOk);
}

// MBX-12.1
TEST_F(EngineMailboxTest, ADeletedMailboxIsGoneWithItsCellsAndItsReaderHearsSo) {
  const OwnedMailbox mailbox = reader_.create();
  const RequestId subscribed = reader_.send(Subscribe{mailbox.ids.read_id, 8}, &mailbox.owner);
  sender_.deposit(mailbox.ids.drop_id, 1);
  Peer second(house_);
  EXPECT_EQ(second.answer_to(DeleteMailbox{mailbox.ids.read_id}, &mailbox.owner), Answer::kOk);
  reader_.collect();
  EXPECT_EQ(reader_.replies.at(subscribed.value).answer, Answer::kSuperseded);
  EXPECT_EQ(sender_.deposit(mailbox.ids.drop_id, 2), Answer::kRefused);
  EXPECT_EQ(house_.figures().stored, StoreCounts{});
  EXPECT_EQ(house_.figures().subscriptions, 0U);
}

// STO-4.1
TEST_F(EngineMailboxTest, ARequestSeesWhatThoseBeforeItInItsBatchDid) {
  const OwnedMailbox mailbox = reader_.create();
  const RequestId before = sender_.send(Peer::deposit_of(mailbox.ids.drop_id, 1));
  reader_.send(DeleteMailbox{mailbox.ids.read_id}, &mailbox.owner);
  const RequestId after = sender_.send(Peer::deposit_of(mailbox.ids.drop_id, 2));
  ASSERT_TRUE(house_.commit().has_value());
  sender_.collect();
  EXPECT_EQ(sender_.replies.at(before.value).answer, Answer::kOk);
  EXPECT_EQ(sender_.replies.at(after.value).answer, Answer::kRefused);
  EXPECT_EQ(house_.figures().stored, StoreCounts{});
}

// MBX-13.2
TEST_F(EngineMailboxTest, AFullMailboxRefusesTheNewAndKeepsTheOld) {
  const OwnedMailbox mailbox = reader_.create(MailboxClass::kInvitation, 3);
  for (std::uint8_t content = 1; content <= 3; ++content)
    EXPECT_EQ(sender_.deposit(mailbox.ids.drop_id, content), Answer::kOk);
  EXPECT_EQ(sender_.deposit(mailbox.ids.drop_id, 4), Answer::kFull);
  reader_.subscribe(mailbox);
  EXPECT_EQ(reader_.take_contents(), (Contents{1, 2, 3}));
}

// MBX-1.3
TEST_F(EngineMailboxTest, CellsExpireAfterTheirDaysAndMailboxesAfterTheirMonths) {
  const OwnedMailbox mailbox = reader_.create();
  sender_.deposit(mailbox.ids.drop_id, 1);
  const auto pass_days = [&](std::uint32_t days) {
    house_.now = milliseconds_after(house_.now, days * 86'400'000LL);
    for (int step = 0; step < 10; ++step) {
      ASSERT_TRUE(house_.tick().has_value());
      ASSERT_TRUE(house_.commit().has_value());
    }
  };
  pass_days(kRetentionDays);
  EXPECT_EQ(house_.figures().stored.cells, 1U);
  pass_days(1);
  EXPECT_EQ(house_.figures().stored.cells, 0U);
  pass_days(250);
  EXPECT_EQ(house_.figures().stored.mailboxes, 0U);
  EXPECT_EQ(sender_.deposit(mailbox.ids.drop_id, 1), Answer::kRefused);
}

// MBX-2.1: a mailbox that left the cache goes on above every number it ever gave.
TEST_F(EngineMailboxTest, SequenceNumbersAreNeverGivenTwiceInARun) {
  MailboxCache cache(store_, {9}, 1);
  ASSERT_TRUE(store_.begin().has_value());
  std::vector<LookupHash> reads;
  for (std::uint8_t seed = 1; seed <= 3; ++seed) {
    MailboxRow row;
    std::ranges::fill(row.read.mutable_view(), seed);
    std::ranges::fill(row.drop.mutable_view(), seed);
    reads.push_back(row.read);
    ASSERT_TRUE(store_.insert_mailbox(row).has_value());
  }
  CachedMailbox* first = cache.by_read(reads[0]).value();
  EXPECT_EQ(first->live.next, first_sequence(9));
  first->live.next = {first->live.next.value + 41};
  const Sequence used_below = first->live.next;
  ASSERT_NE(cache.by_read(reads[1]).value(), nullptr);
  cache.trim();
  EXPECT_EQ(cache.size(), 1U);
  EXPECT_GE(cache.by_read(reads[0]).value()->live.next, used_below);
}

}  // namespace
}  // namespace tocsin

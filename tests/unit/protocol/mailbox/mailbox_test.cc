// What each mailbox command does and refuses, decided over the smallest store.

#include <gtest/gtest.h>

#include "tests/support/tiny_relay.h"

namespace tocsin {
namespace {

using samples::filled;

class MailboxTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(owner_.create(reader_).answer, Answer::kOk); }

  Answer deposit(const DropId& drop, std::uint8_t byte = 1,
                 AccessVerdict access = AccessVerdict::kNone) {
    return relay_
        .ask(sender_, samples::request(++sender_id_, Deposit{drop, Bytes(kEnvelopeBytes, byte)}),
             access)
        .answer;
  }
  Answer deposit() { return deposit(owner_.mailbox.drop_id); }
  Answer subscribe(ConnectionId on, std::uint32_t credit = 8) {
    return owner_.ask(on, Subscribe{owner_.mailbox.read_id, credit}).answer;
  }
  Answer ack(ConnectionId on, Sequence through, std::uint32_t credit = 0) {
    return owner_.ask(on, Ack{owner_.mailbox.read_id, through, credit}).answer;
  }
  DropId rotate(OldDropId old_drop) {
    return decode_rotated(owner_.ask(reader_, RotateDrop{owner_.mailbox.read_id, old_drop}).body)
        .value();
  }

  samples::TinyRelay relay_;
  samples::Owner owner_{relay_, 2};
  ConnectionId reader_ = relay_.connect();
  ConnectionId sender_ = relay_.connect();
  std::uint64_t sender_id_ = 0;
};

// MBX-1.1, MBX-8.2
TEST_F(MailboxTest, CreatingGivesTwoUnrelatedIdsOfWhichOnlyHashesAreKept) {
  EXPECT_NE(to_hex(owner_.mailbox.read_id.view()), to_hex(owner_.mailbox.drop_id.view()));
  const std::string read = to_hex(owner_.mailbox.read_id.view());
  EXPECT_EQ(read.find(to_hex(relay_.row().read.view())), std::string::npos);
  EXPECT_EQ(relay_.row().quota, 8u);
  EXPECT_EQ(relay_.row().last_month.value, month_of(relay_.today).value + kMailboxMonths);
}

// MBX-8.1, MBX-5.2
TEST_F(MailboxTest, CreatingNeedsAccessRoomAnOpenRelayAndTheKeysOwnTag) {
  const CreateMailbox create{filled<OwnerPublic>(9), MailboxClass::kContact, 1};
  const auto answer = [&](AccessVerdict access) {
    return relay_.ask(reader_, owner_.tagged(reader_, create), access).answer;
  };
  EXPECT_EQ(answer(AccessVerdict::kNone), Answer::kRefused);
  EXPECT_EQ(answer(AccessVerdict::kRefused), Answer::kRefused);
  EXPECT_EQ(answer(AccessVerdict::kBusy), Answer::kBusy);
  EXPECT_EQ(answer(AccessVerdict::kGranted), Answer::kRefused) << "tag by another key";
  relay_.room = Room::kNearlyFull;
  EXPECT_EQ(owner_.create(reader_).answer, Answer::kBusy);
  relay_.room = Room::kPlenty;
  relay_.life = RelayLife::kClosing;
  EXPECT_EQ(owner_.create(reader_).answer, Answer::kRefused);
  EXPECT_EQ(relay_.mailboxes(), 1u);
}

// MBX-8.1 (trap S8)
TEST_F(MailboxTest, ALowOrderOwnerKeyIsRefused) {
  Request request = samples::request(100, CreateMailbox{OwnerPublic(), MailboxClass::kContact, 1});
  request.tag = Tag();
  EXPECT_EQ(relay_.ask(reader_, request, AccessVerdict::kGranted).answer, Answer::kRefused);
}

// MBX-13.1, MBX-13.4, MBX-9.1, MBX-10.1
TEST_F(MailboxTest, ADepositIsPushedAndStaysUntilItIsAcknowledged) {
  ASSERT_EQ(subscribe(reader_), Answer::kOk);
  const std::uint64_t subscription = owner_.last_id();
  ASSERT_EQ(deposit(), Answer::kOk);
  ASSERT_EQ(relay_.pushes.size(), 1u);
  EXPECT_EQ(relay_.pushes[0].connection, reader_);
  EXPECT_EQ(relay_.pushes[0].push.subscription.value, subscription);
  EXPECT_EQ(relay_.pushes[0].push.body, Bytes(kEnvelopeBytes, 1));
  EXPECT_EQ(relay_.stored(), 1u);
  EXPECT_EQ(ack(reader_, relay_.pushes[0].push.sequence), Answer::kOk);
  EXPECT_EQ(relay_.stored(), 0u);
}

// MBX-3.1: rows come first, and a reply is the last thing that leaves.
TEST_F(MailboxTest, ARowIsInBeforeAnythingLeaves) {
  ASSERT_EQ(subscribe(reader_), Answer::kOk);
  ASSERT_EQ(deposit(), Answer::kOk);
  ASSERT_EQ(relay_.last_effects.size(), 4u);
  EXPECT_TRUE(std::holds_alternative<AppendCell>(relay_.last_effects[0]));
  EXPECT_TRUE(std::holds_alternative<SetSubscription>(relay_.last_effects[1]));
  EXPECT_TRUE(std::holds_alternative<SendPush>(relay_.last_effects[2]));
  EXPECT_TRUE(std::holds_alternative<SendReply>(relay_.last_effects[3]));
}

// MBX-3.2, MBX-4.3
TEST_F(MailboxTest, UnknownMailboxesAndWrongTagsAreRefusedAlikeAtTheSameCost) {
  const auto outcome = [&](const ReadId& id, bool right_tag) {
    const ConnectionId connection = relay_.connect();
    Request request = owner_.tagged(connection, Subscribe{id, 1});
    if (!right_tag) request.tag->mutable_view()[0] ^= 1;
    const Answer answer = relay_.ask(connection, request).answer;
    EXPECT_TRUE(answer == Answer::kOk || relay_.last_effects.size() == 1u);
    return std::pair(answer, relay_.derivations(connection));
  };
  const auto refused = std::pair(Answer::kRefused, std::uint64_t{1});
  EXPECT_EQ(outcome(filled<ReadId>(9), true), refused);
  EXPECT_EQ(outcome(filled<ReadId>(9), false), refused);
  EXPECT_EQ(outcome(owner_.mailbox.read_id, false), refused);
  EXPECT_EQ(outcome(owner_.mailbox.read_id, true), std::pair(Answer::kOk, std::uint64_t{1}));
}

// MBX-3.2: every owner's command, with a wrong tag, changes nothing.
TEST_F(MailboxTest, NoOwnersCommandWorksWithoutItsTag) {
  ASSERT_EQ(deposit(), Answer::kOk);
  const ReadId id = owner_.mailbox.read_id;
  for (const Command& command :
       std::vector<Command>{Subscribe{id, 1}, Ack{id, {1}, 1}, RotateDrop{id, OldDropId::kDiesNow},
                            DeleteMailbox{id}}) {
    Request request = owner_.tagged(reader_, command);
    request.tag.reset();
    EXPECT_EQ(relay_.ask(reader_, request).answer, Answer::kRefused);
    EXPECT_EQ(relay_.last_effects.size(), 1u);
  }
  EXPECT_EQ(relay_.stored(), 1u);
}

// MBX-13.2
TEST_F(MailboxTest, DepositIntoAFullMailboxIsRefusedAndNothingIsEvicted) {
  for (std::uint8_t i = 0; i < 8; ++i) ASSERT_EQ(deposit(owner_.mailbox.drop_id, i), Answer::kOk);
  EXPECT_EQ(deposit(), Answer::kFull);
  EXPECT_EQ(relay_.stored(), 8u);
  ASSERT_EQ(subscribe(reader_, 1), Answer::kOk);
  EXPECT_EQ(relay_.pushes.at(0).push.body, Bytes(kEnvelopeBytes, 0)) << "the oldest is still there";
}

// MBX-13.2
TEST_F(MailboxTest, AFullStoreTakesNoDeposits) {
  relay_.room = Room::kNearlyFull;
  EXPECT_EQ(deposit(), Answer::kOk) << "known mailboxes go on";
  relay_.room = Room::kFull;
  EXPECT_EQ(deposit(), Answer::kBusy);
}

// MBX-13.1
TEST_F(MailboxTest, AnUnknownDropIdIsRefused) {
  EXPECT_EQ(deposit(filled<DropId>(9)), Answer::kRefused);
  EXPECT_EQ(relay_.last_effects.size(), 1u);
}

// MBX-13.1, MBX-5.1, MBX-5.3
TEST_F(MailboxTest, APublicMailboxTakesDepositsWithAccessOnly) {
  samples::Owner lab(relay_, 3);
  ASSERT_EQ(lab.create(reader_, MailboxClass::kPublic, 4096).answer, Answer::kOk);
  const DropId drop = lab.mailbox.drop_id;
  EXPECT_EQ(deposit(drop, 1, AccessVerdict::kNone), Answer::kRefused);
  EXPECT_EQ(deposit(drop, 1, AccessVerdict::kRefused), Answer::kRefused);
  EXPECT_EQ(deposit(drop, 1, AccessVerdict::kBusy), Answer::kBusy);
  EXPECT_EQ(deposit(drop, 1, AccessVerdict::kGranted), Answer::kOk);
}

// MBX-13.3, MBX-2.2
TEST_F(MailboxTest, TheSameEnvelopeTwiceIsTwoCells) {
  EXPECT_EQ(deposit(), Answer::kOk);
  EXPECT_EQ(deposit(), Answer::kOk);
  EXPECT_EQ(relay_.stored(), 2u);
}

// MBX-9.1, MBX-10.1, MBX-13.4
TEST_F(MailboxTest, CreditBoundsWhatIsPushedAndAcksExtendIt) {
  for (std::uint8_t i = 0; i < 5; ++i) ASSERT_EQ(deposit(owner_.mailbox.drop_id, i), Answer::kOk);
  ASSERT_EQ(subscribe(reader_, 2), Answer::kOk);
  ASSERT_EQ(relay_.pushes.size(), 2u);
  ASSERT_EQ(deposit(owner_.mailbox.drop_id, 5), Answer::kOk);
  EXPECT_EQ(relay_.pushes.size(), 2u) << "older cells wait before it";
  ASSERT_EQ(ack(reader_, relay_.pushes[1].push.sequence, 3), Answer::kOk);
  EXPECT_EQ(relay_.pushes.size(), 5u);
  ASSERT_EQ(ack(reader_, relay_.pushes[4].push.sequence, 3), Answer::kOk);
  ASSERT_EQ(relay_.pushes.size(), 6u);
  for (std::uint8_t i = 0; i < 6; ++i) EXPECT_EQ(relay_.pushes[i].push.body[0], i) << "in order";
}

// MBX-10.1
TEST_F(MailboxTest, CreditNeverGrowsBeyondItsBound) {
  ASSERT_EQ(subscribe(reader_, kMaxCredit), Answer::kOk);
  ASSERT_EQ(deposit(), Answer::kOk);
  ASSERT_EQ(ack(reader_, relay_.pushes[0].push.sequence, kMaxCredit), Answer::kOk);
  EXPECT_EQ(relay_.live().subscription->credit, kMaxCredit);
}

// MBX-10.2
TEST_F(MailboxTest, OnlyWhatThisSubscriptionWasPushedCanBeAcknowledged) {
  ASSERT_EQ(deposit(), Answer::kOk);
  ASSERT_EQ(deposit(), Answer::kOk);
  EXPECT_EQ(ack(reader_, first_sequence(7)), Answer::kRefused) << "not subscribed";
  ASSERT_EQ(subscribe(reader_, 1), Answer::kOk);
  const Sequence first = relay_.pushes.at(0).push.sequence;
  EXPECT_EQ(ack(reader_, next_sequence(first)), Answer::kRefused) << "stored, not pushed";
  EXPECT_EQ(ack(reader_, first_sequence(8)), Answer::kRefused) << "of a later run";
  const ConnectionId other = relay_.connect();
  EXPECT_EQ(ack(other, first), Answer::kRefused) << "pushed to another connection";
  EXPECT_EQ(relay_.stored(), 2u);
  EXPECT_EQ(ack(reader_, first), Answer::kOk);
  EXPECT_EQ(ack(reader_, first), Answer::kOk) << "again is no error";
  EXPECT_EQ(relay_.stored(), 1u);
}

// MBX-9.2, WIR-6.4
TEST_F(MailboxTest, ASecondSubscribeTakesOverAndTheFirstHearsSuperseded) {
  ASSERT_EQ(deposit(), Answer::kOk);
  ASSERT_EQ(subscribe(reader_), Answer::kOk);
  const RequestId first{owner_.last_id()};
  const ConnectionId second = relay_.connect();
  ASSERT_EQ(subscribe(second), Answer::kOk);
  const SendReply goodbye = relay_.replies.at(relay_.replies.size() - 2);
  EXPECT_EQ(goodbye.connection, reader_);
  EXPECT_EQ(goodbye.reply, (Reply{first, Answer::kSuperseded}));
  ASSERT_EQ(relay_.pushes.size(), 2u) << "the cell is pushed again, to the new one";
  EXPECT_EQ(relay_.pushes[1].connection, second);
  EXPECT_EQ(ack(reader_, relay_.pushes[0].push.sequence), Answer::kRefused);
  EXPECT_EQ(ack(second, relay_.pushes[1].push.sequence), Answer::kOk);
}

// MBX-9.3
TEST_F(MailboxTest, AConnectionHoldsABoundedNumberOfSubscriptions) {
  std::vector<std::unique_ptr<samples::Owner>> owners;
  for (std::uint32_t i = 0; i <= kMaxSubscriptions; ++i) {
    owners.push_back(std::make_unique<samples::Owner>(relay_, 100 + i));
    samples::Owner& owner = *owners.back();
    ASSERT_EQ(owner.create(sender_).answer, Answer::kOk);
    EXPECT_EQ(owner.ask(reader_, Subscribe{owner.mailbox.read_id, 1}).answer,
              i < kMaxSubscriptions ? Answer::kOk : Answer::kRefused);
  }
  EXPECT_EQ(owners[0]->ask(reader_, Subscribe{owners[0]->mailbox.read_id, 1}).answer, Answer::kOk)
      << "renewing one's own takes no further place";
}

// MBX-9.1, MBX-1.3
TEST_F(MailboxTest, SubscribingRenewsTheMonthAndAnUnusedMailboxDies) {
  const Month before = relay_.row().last_month;
  relay_.today = days_after(relay_.today, 100);
  ASSERT_EQ(subscribe(reader_), Answer::kOk);
  EXPECT_GT(relay_.row().last_month, before);
  relay_.today = days_after(relay_.today, 7 * 31);
  EXPECT_EQ(deposit(), Answer::kRefused);
  EXPECT_EQ(subscribe(reader_), Answer::kRefused);
}

// MBX-11.1, MBX-11.2
TEST_F(MailboxTest, AnOverlappingDropIdDiesWhenTheNewOnesFirstCellIsAcknowledged) {
  const DropId old_drop = owner_.mailbox.drop_id;
  ASSERT_EQ(subscribe(reader_), Answer::kOk);
  const DropId new_drop = rotate(OldDropId::kOverlaps);
  EXPECT_EQ(deposit(old_drop), Answer::kOk);
  ASSERT_EQ(ack(reader_, relay_.pushes.back().push.sequence), Answer::kOk);
  EXPECT_EQ(deposit(old_drop), Answer::kOk) << "its own cells do not end it";
  EXPECT_EQ(deposit(new_drop), Answer::kOk);
  EXPECT_EQ(deposit(old_drop), Answer::kOk) << "not acknowledged yet";
  ASSERT_EQ(ack(reader_, relay_.pushes.back().push.sequence), Answer::kOk);
  EXPECT_EQ(deposit(old_drop), Answer::kRefused);
  EXPECT_EQ(deposit(new_drop), Answer::kOk);
}

// MBX-11.2
TEST_F(MailboxTest, AnOverlappingDropIdDiesAfterItsHorizonAndBySecondRotation) {
  const DropId first = owner_.mailbox.drop_id;
  const DropId second = rotate(OldDropId::kOverlaps);
  const DropId third = rotate(OldDropId::kOverlaps);
  EXPECT_EQ(deposit(first), Answer::kRefused);
  EXPECT_EQ(deposit(second), Answer::kOk);
  relay_.today = days_after(relay_.today, kOldDropDays);
  EXPECT_EQ(deposit(second), Answer::kOk);
  relay_.today = days_after(relay_.today, 1);
  EXPECT_EQ(deposit(second), Answer::kRefused);
  EXPECT_EQ(deposit(third), Answer::kOk);
}

// MBX-11.1
TEST_F(MailboxTest, ADropIdCanEndAtOnce) {
  const DropId old_drop = owner_.mailbox.drop_id;
  const DropId new_drop = rotate(OldDropId::kDiesNow);
  EXPECT_EQ(deposit(old_drop), Answer::kRefused);
  EXPECT_EQ(deposit(new_drop), Answer::kOk);
}

// MBX-12.1
TEST_F(MailboxTest, DeletingEndsMailboxCellsAndSubscription) {
  ASSERT_EQ(subscribe(reader_), Answer::kOk);
  const RequestId subscription{owner_.last_id()};
  ASSERT_EQ(deposit(), Answer::kOk);
  const ConnectionId other = relay_.connect();
  EXPECT_EQ(owner_.ask(other, DeleteMailbox{owner_.mailbox.read_id}).answer, Answer::kOk);
  EXPECT_EQ(relay_.replies.at(relay_.replies.size() - 2).reply,
            (Reply{subscription, Answer::kSuperseded}));
  EXPECT_EQ(relay_.mailboxes(), 0u);
  EXPECT_EQ(relay_.stored(), 0u);
  EXPECT_EQ(deposit(), Answer::kRefused);
}

// MBX-2.1
TEST_F(MailboxTest, ARunWithoutCountersLeftIsBusy) {
  relay_.live().next = {0x0000'0007'ffff'ffff};
  EXPECT_EQ(deposit(), Answer::kOk);
  EXPECT_EQ(deposit(), Answer::kBusy);
}

// WIR-7.1, WIR-7.2: what is pushed stands before the reply of the deposit it came from.
TEST_F(MailboxTest, APushNamesTheSubscribeItBelongsTo) {
  ASSERT_EQ(deposit(), Answer::kOk);
  ASSERT_EQ(subscribe(reader_), Answer::kOk);
  const RequestId id{owner_.last_id()};
  ASSERT_EQ(deposit(), Answer::kOk);
  ASSERT_EQ(relay_.pushes.size(), 2u);
  EXPECT_EQ(relay_.pushes[0].push.subscription, id);
  EXPECT_EQ(relay_.pushes[1].push.subscription, id);
}

// WIR-11.2
TEST_F(MailboxTest, APingIsAnswered) {
  EXPECT_EQ(relay_.ask(reader_, samples::request(1, Ping{})).answer, Answer::kOk);
}

// WIR-5.2
TEST(RequestIdTest, IdsRiseStrictly) {
  EXPECT_TRUE(may_follow({0}, {1}));
  EXPECT_TRUE(may_follow({1}, {9}));
  EXPECT_FALSE(may_follow({1}, {1}));
  EXPECT_FALSE(may_follow({2}, {1}));
  EXPECT_FALSE(may_follow({0}, {0}));
}

}  // namespace
}  // namespace tocsin

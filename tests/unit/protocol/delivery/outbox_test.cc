#include "protocol/delivery/outbox.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tocsin {
namespace {

constexpr Instant kStart{1'800'000'000'000};
constexpr ContactId kAlice{1};
constexpr ContactId kBob{2};

Instant after(std::int64_t milliseconds) { return milliseconds_after(kStart, milliseconds); }
Instant on_day(std::int64_t day) { return after(day * kDaySpan); }

MessageId id_of(std::uint8_t number) {
  MessageId id;
  id.mutable_view()[0] = number;
  return id;
}
SessionId sid(std::uint8_t number) {
  SessionId id;
  id.mutable_view()[0] = number;
  return id;
}

template <class Decision>
std::vector<Decision> only(const std::vector<OutboxDecision>& decisions) {
  std::vector<Decision> found;
  for (const OutboxDecision& decision : decisions)
    if (const auto* match = std::get_if<Decision>(&decision)) found.push_back(*match);
  return found;
}

class OutboxTest : public testing::Test {
 protected:
  void enqueue(std::uint8_t number, ContactId contact = kAlice,
               ContentKind kind = ContentKind::kText, Opening opening = Opening::kOrdinary,
               Instant now = kStart, std::optional<Instant> end = {}) {
    ASSERT_TRUE(outbox.enqueue({id_of(number), contact, kind, opening, end}, now).has_value());
  }
  std::vector<OutboxDecision> due(Instant now) { return outbox.due(now, rng); }
  std::vector<CopyKey> deposits(Instant now) {
    std::vector<CopyKey> keys;
    for (const DepositCopy& deposit : only<DepositCopy>(due(now))) keys.push_back(deposit.copy);
    return keys;
  }
  void seal(std::uint8_t number, Instant now, std::uint8_t fragments = 1, std::uint8_t routes = 1,
            std::uint8_t session = 1) {
    due(now);
    ASSERT_TRUE(outbox.on_sealed(id_of(number), {sid(session), fragments, routes}, now));
  }
  void answer(const CopyKey& key, DepositAnswer answer, Instant now) {
    ASSERT_TRUE(outbox.on_answer(key, answer, now, rng).has_value());
  }
  void deposit_all(Instant now) {
    for (const CopyKey& key : deposits(now)) answer(key, DepositAnswer::kOk, now);
  }
  Progress progress(std::uint8_t number) const { return outbox.find(id_of(number))->progress; }

  SeededRng rng{1};
  Outbox outbox;
};

// DLV-2.1
TEST_F(OutboxTest, AMessageGoesFromQueuedToRead) {
  enqueue(1);
  EXPECT_EQ(progress(1), Progress::kQueued);
  const auto asked = only<SealMessage>(due(kStart));
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].cause, SealCause::kFirst);
  EXPECT_TRUE(due(kStart).empty()) << "asked once";
  ASSERT_TRUE(outbox.on_sealed(id_of(1), {sid(1), 2, 2}, kStart));
  EXPECT_EQ(progress(1), Progress::kSealed);
  const auto keys = deposits(kStart);
  ASSERT_EQ(keys.size(), 2U) << "each fragment at the first relay";
  EXPECT_TRUE(deposits(kStart).empty()) << "in flight";
  answer(keys[0], DepositAnswer::kOk, kStart);
  EXPECT_EQ(progress(1), Progress::kSealed) << "fragment 1 lies nowhere";
  answer(keys[1], DepositAnswer::kOk, kStart);
  EXPECT_EQ(progress(1), Progress::kAtRelay);
  EXPECT_TRUE(outbox.on_receipt(kAlice, {id_of(1), ReceiptState::kDelivered}));
  EXPECT_EQ(progress(1), Progress::kDelivered);
  EXPECT_TRUE(outbox.on_receipt(kAlice, {id_of(1), ReceiptState::kRead}));
  EXPECT_EQ(progress(1), Progress::kRead);
  EXPECT_TRUE(outbox.on_receipt(kAlice, {id_of(1), ReceiptState::kDelivered}));
  EXPECT_EQ(progress(1), Progress::kRead) << "never back";
  EXPECT_EQ(only<ForgetMessage>(due(kStart)).size(), 1U);
  EXPECT_EQ(outbox.size(), 0U);
}

TEST_F(OutboxTest, ChangesNameTheRowsToWriteAndErase) {
  enqueue(1);
  enqueue(2);
  EXPECT_EQ(outbox.take_changes().written, (std::vector{id_of(1), id_of(2)}));
  EXPECT_TRUE(outbox.take_changes().written.empty());
  seal(2, kStart);
  EXPECT_TRUE(outbox.on_receipt(kAlice, {id_of(2), ReceiptState::kRead}));
  due(kStart);
  EXPECT_EQ(outbox.take_changes().erased, std::vector{id_of(2)});
  EXPECT_FALSE(outbox.enqueue({id_of(1), kAlice, ContentKind::kText, {}, {}}, kStart)) << "id used";
  EXPECT_FALSE(outbox.on_sealed(id_of(9), {sid(1), 1, 1}, kStart));
  EXPECT_FALSE(outbox.on_sealed(id_of(1), {sid(1), 65, 1}, kStart));
  EXPECT_FALSE(outbox.on_sealed(id_of(1), {sid(1), 1, 4}, kStart));
  EXPECT_FALSE(outbox.on_seal_failed(id_of(9), kStart, rng));
}

// DLV-1.1
TEST_F(OutboxTest, DepositsInFlightAreBoundedInAllAndPerContact) {
  for (std::uint8_t number = 1; number <= 10; ++number) {
    enqueue(number, ContactId{number});
    seal(number, kStart, 8, 2);
  }
  for (const OutboxRow* row : {outbox.find(id_of(1)), outbox.find(id_of(2))})
    EXPECT_EQ(std::ranges::count(row->copies, CopyState::kSent, &CopyRow::state), 8);
  EXPECT_EQ(outbox.in_flight(), kMaxDepositsInFlight);
  EXPECT_TRUE(deposits(kStart).empty());
  // Answers that never come free the places again; the same copies are tried later.
  EXPECT_EQ(only<DepositCopy>(due(after(kAnswerWait))).size(), kMaxDepositsInFlight);
  EXPECT_LE(outbox.in_flight(), kMaxDepositsInFlight);
}

TEST_F(OutboxTest, AFullOutboxRefusesAndLosesNothing) {
  for (std::size_t i = 0; i < kMaxOutboxMessages; ++i) {
    MessageId id;
    id.mutable_view()[0] = static_cast<std::uint8_t>(i);
    id.mutable_view()[1] = static_cast<std::uint8_t>(i >> 8);
    const ContactId contact{static_cast<std::int64_t>(i / kMaxOutboxPerContact) + 1};
    ASSERT_TRUE(outbox.enqueue({id, contact, ContentKind::kText, {}, {}}, kStart));
  }
  MessageId more;
  more.mutable_view()[15] = 1;
  const ContactId another{99};
  EXPECT_EQ(outbox.enqueue({more, another, ContentKind::kText, {}, {}}, kStart).error().code,
            kTooLarge);
  EXPECT_EQ(outbox.size(), kMaxOutboxMessages);
}

TEST_F(OutboxTest, WhatWaitsForOneContactLeavesRoomForTheOthers) {
  MessageId id;
  for (std::size_t i = 0; i < kMaxOutboxPerContact; ++i) {
    id.mutable_view()[0] = static_cast<std::uint8_t>(i);
    id.mutable_view()[1] = static_cast<std::uint8_t>(i >> 8);
    ASSERT_TRUE(outbox.enqueue({id, kAlice, ContentKind::kText, {}, {}}, kStart));
  }
  id.mutable_view()[15] = 1;
  EXPECT_EQ(outbox.enqueue({id, kAlice, ContentKind::kText, {}, {}}, kStart).error().code,
            kTooLarge);
  const ContactId another{99};
  EXPECT_TRUE(outbox.enqueue({id, another, ContentKind::kText, {}, {}}, kStart));
}

// DLV-3.1
TEST_F(OutboxTest, EachCopyIsDepositedAndRetriedAsTheSameCopy) {
  enqueue(1, kAlice, ContentKind::kAlert);
  seal(1, kStart, 1, 3);
  const auto keys = deposits(kStart);
  ASSERT_EQ(keys.size(), 3U);
  answer(keys[0], DepositAnswer::kOk, kStart);
  answer(keys[1], DepositAnswer::kNoAnswer, kStart);
  answer(keys[2], DepositAnswer::kOk, kStart);
  EXPECT_EQ(progress(1), Progress::kAtRelay);
  EXPECT_EQ(deposits(after(kRetryFirst)), std::vector{keys[1]}) << "same sealing, same bytes";
}

// DLV-3.2
TEST_F(OutboxTest, AlertsGoBeforeWhatWasWrittenEarlier) {
  enqueue(1, kAlice, ContentKind::kText, {}, kStart);
  enqueue(2, kAlice, ContentKind::kText, {}, after(1));
  enqueue(3, kBob, ContentKind::kAlert, {}, after(2));
  const auto asked = only<SealMessage>(due(after(3)));
  ASSERT_EQ(asked.size(), 3U);
  EXPECT_EQ(asked[0].message, id_of(3));
  EXPECT_EQ(asked[1].message, id_of(1));
  EXPECT_EQ(asked[2].message, id_of(2));
}

// DLV-3.2
TEST_F(OutboxTest, WhatIsWrittenWithinOneMillisecondKeepsItsOrder) {
  const std::vector<std::uint8_t> written{9, 3, 7, 1, 8, 2};
  for (const std::uint8_t number : written) enqueue(number);
  const auto asked = only<SealMessage>(due(after(10)));
  ASSERT_EQ(asked.size(), written.size());
  for (std::size_t i = 0; i < written.size(); ++i)
    EXPECT_EQ(asked[i].message, id_of(written[i])) << i;
}

// DLV-3.3
TEST_F(OutboxTest, NothingOvertakesAFirstContact) {
  enqueue(1, kAlice, ContentKind::kText);
  enqueue(2, kAlice, ContentKind::kText, Opening::kFirstContact, after(1), on_day(14));
  enqueue(3, kBob);
  auto asked = only<SealMessage>(due(after(1)));
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_EQ(asked[0].message, id_of(2));
  EXPECT_EQ(asked[1].message, id_of(3)) << "another contact is not held up";
  ASSERT_TRUE(outbox.on_sealed(id_of(2), {sid(1), 1, 1}, after(1)));
  const auto keys = deposits(after(1));
  ASSERT_EQ(keys.size(), 1U);
  EXPECT_TRUE(only<SealMessage>(due(after(2))).empty());
  answer(keys[0], DepositAnswer::kOk, after(2));
  asked = only<SealMessage>(due(after(2)));
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].message, id_of(1));
}

TEST_F(OutboxTest, AFirstContactIsNeverSealedAnewAndEndsWithTheCard) {
  enqueue(1, kAlice, ContentKind::kText, Opening::kFirstContact, kStart, on_day(30));
  seal(1, kStart);
  deposit_all(kStart);
  outbox.on_session_replaced(kAlice, sid(9), on_day(1));
  outbox.on_routes_changed(kAlice, Outbox::RoutesChange::kOnlyAdded, on_day(1));
  EXPECT_TRUE(only<SealMessage>(due(on_day(22))).empty());
  EXPECT_EQ(only<GiveUp>(due(milliseconds_after(on_day(30), 1))).size(), 1U);
  EXPECT_TRUE(deposits(on_day(31)).empty());
}

// DLV-5.5
TEST_F(OutboxTest, AFirstContactIsRepeatedUntilThePeerIsHeard) {
  enqueue(1, kAlice, ContentKind::kEmpty, Opening::kFirstContact, kStart, on_day(14));
  seal(1, kStart);
  deposit_all(kStart);
  EXPECT_TRUE(only<ForgetMessage>(due(kStart)).empty()) << "the relay's ok says nothing";
  EXPECT_TRUE(deposits(on_day(1)).empty());
  auto again = deposits(on_day(2));
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].sealing, 1) << "the same bytes";
  answer(again[0], DepositAnswer::kOk, on_day(2));
  EXPECT_TRUE(deposits(on_day(3)).empty());
  EXPECT_EQ(deposits(on_day(4)).size(), 1U);
  outbox.on_session_opened(kBob);
  EXPECT_TRUE(only<ForgetMessage>(due(on_day(4))).empty()) << "somebody else";
  outbox.on_session_opened(kAlice);
  EXPECT_EQ(only<ForgetMessage>(due(on_day(4))).size(), 1U);
}

// DLV-3.1: also where every round comes long after the time to try the first one again.
TEST_F(OutboxTest, ARouteThatFailedOnceHoldsUpNoOther) {
  enqueue(1);
  seal(1, kStart, 1, 2);
  for (const CopyKey& first : deposits(kStart)) {
    EXPECT_EQ(first.route, 0);
    answer(first, DepositAnswer::kNoAnswer, kStart);
  }
  std::vector<int> routes;
  for (const CopyKey& second : deposits(on_day(1))) routes.push_back(second.route);
  EXPECT_EQ(routes, (std::vector<int>{0, 1}));
}

// DLV-3.4
TEST_F(OutboxTest, OnlyTheContactWrittenToCanSendAReceipt) {
  enqueue(1);
  EXPECT_FALSE(outbox.on_receipt(kAlice, {id_of(1), ReceiptState::kRead})) << "not sealed yet";
  seal(1, kStart);
  EXPECT_FALSE(outbox.on_receipt(kBob, {id_of(1), ReceiptState::kRead}));
  EXPECT_FALSE(outbox.on_acknowledged(kBob, id_of(1)));
  EXPECT_FALSE(outbox.on_receipt(kAlice, {id_of(2), ReceiptState::kRead}));
  EXPECT_EQ(progress(1), Progress::kSealed);
}

// DLV-3.5
TEST_F(OutboxTest, ReceiptsAndEmptyMessagesAreDoneAtTheRelay) {
  enqueue(1, kAlice, ContentKind::kReceipts);
  enqueue(2, kAlice, ContentKind::kEmpty);
  seal(1, kStart);
  ASSERT_TRUE(outbox.on_sealed(id_of(2), {sid(1), 1, 1}, kStart));
  deposit_all(kStart);
  EXPECT_EQ(only<ForgetMessage>(due(kStart)).size(), 2U);
}

// DLV-3.6
TEST_F(OutboxTest, PastItsEndAMessageIsGivenUpAndALateReceiptStillCounts) {
  enqueue(1, kAlice, ContentKind::kAlert, {}, kStart, on_day(5));
  seal(1, kStart);
  EXPECT_TRUE(only<GiveUp>(due(on_day(5))).empty());
  const auto decisions = due(milliseconds_after(on_day(5), 1));
  EXPECT_EQ(only<GiveUp>(decisions).size(), 1U);
  EXPECT_EQ(only<EraseCopies>(decisions).size(), 1U);
  EXPECT_TRUE(only<GiveUp>(due(on_day(6))).empty()) << "said once";
  EXPECT_EQ(attention_of(*outbox.find(id_of(1)), on_day(6)), Attention::kUndelivered);
  EXPECT_TRUE(outbox.on_receipt(kAlice, {id_of(1), ReceiptState::kDelivered}));
  EXPECT_EQ(progress(1), Progress::kDelivered);
  EXPECT_EQ(attention_of(*outbox.find(id_of(1)), on_day(6)), Attention::kNone);
}

TEST_F(OutboxTest, AMessageGivenUpUnderAWrongClockIsTakenUpAgain) {
  enqueue(1);
  enqueue(2);
  seal(1, kStart);
  deposit_all(kStart);
  EXPECT_EQ(only<GiveUp>(due(on_day(100))).size(), 2U);
  const auto asked = only<SealMessage>(due(on_day(1)));
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_EQ(asked[0].cause, SealCause::kOldSealing);
  EXPECT_EQ(asked[1].cause, SealCause::kFirst);
  EXPECT_FALSE(outbox.find(id_of(1))->given_up);
}

// DLV-4.1
TEST_F(OutboxTest, FullAndBusyWaitLongerThanALostConnection) {
  const std::vector<std::pair<DepositAnswer, std::int64_t>> cases{
      {DepositAnswer::kNoAnswer, kRetryFirst},
      {DepositAnswer::kBusy, kBusyFirst},
      {DepositAnswer::kFull, kFullFirst}};
  std::uint8_t number = 1;
  for (const auto& [what, wait] : cases) {
    enqueue(number, ContactId{number});
    seal(number, kStart);
    const auto keys = deposits(kStart);
    ASSERT_EQ(keys.size(), 1U);
    answer(keys[0], what, kStart);
    const Instant next = outbox.find(id_of(number))->copies[0].next_try;
    EXPECT_GE(next, after(wait / 2));
    EXPECT_LE(next, after(wait));
    outbox = Outbox();
    ++number;
  }
}

TEST_F(OutboxTest, AMailboxThatRefusesIsNotTriedAgainAndTheOthersAre) {
  for (const DepositAnswer refusal : {DepositAnswer::kRefused, DepositAnswer::kImpossible}) {
    enqueue(1, kAlice, ContentKind::kAlert);
    seal(1, kStart, 1, 2);
    const auto keys = deposits(kStart);
    answer(keys[0], refusal, kStart);
    EXPECT_EQ(attention_of(*outbox.find(id_of(1)), kStart), Attention::kNone);
    answer(keys[1], DepositAnswer::kBusy, kStart);
    EXPECT_EQ(deposits(after(kMinute)), std::vector{keys[1]});
    answer(keys[1], refusal, after(kMinute));
    // DLV-2.2
    EXPECT_EQ(attention_of(*outbox.find(id_of(1)), after(kMinute)), Attention::kUnreachable);
    EXPECT_TRUE(deposits(on_day(1)).empty());
    outbox = Outbox();
  }
}

// DLV-4.3
TEST_F(OutboxTest, ALateAnswerCountsOnlyWhenItIsGood) {
  enqueue(1);
  seal(1, kStart);
  const CopyKey key = deposits(kStart).at(0);
  due(after(kAnswerWait));  // given up waiting
  answer(key, DepositAnswer::kRefused, after(kAnswerWait));
  EXPECT_NE(outbox.find(id_of(1))->copies[0].state, CopyState::kRefused);
  answer(key, DepositAnswer::kOk, after(kAnswerWait));
  EXPECT_EQ(progress(1), Progress::kAtRelay);
  answer(key, DepositAnswer::kNoAnswer, after(kAnswerWait));
  EXPECT_EQ(outbox.find(id_of(1))->copies[0].state, CopyState::kDeposited);
  EXPECT_FALSE(outbox.on_answer({id_of(1), 1, 9, 9}, DepositAnswer::kOk, kStart, rng));
}

TEST_F(OutboxTest, AnswersAboutAnEarlierSealingCountForNothing) {
  enqueue(1);
  seal(1, kStart);
  const CopyKey old = deposits(kStart).at(0);
  outbox.on_session_replaced(kAlice, sid(2), after(1));
  seal(1, after(1), 1, 1, 2);
  answer(old, DepositAnswer::kOk, after(2));
  EXPECT_EQ(progress(1), Progress::kSealed);
  EXPECT_EQ(deposits(after(2)).at(0).sealing, 2U);
}

// DLV-4.4
TEST_F(OutboxTest, ATimeWrittenUnderAClockThatRanAheadHasCome) {
  enqueue(1);
  seal(1, kStart);
  const CopyKey key = deposits(on_day(2)).at(0);
  answer(key, DepositAnswer::kNoAnswer, on_day(2));
  EXPECT_EQ(deposits(kStart), std::vector{key});
}

// DLV-5.1
TEST_F(OutboxTest, OnDayEighteenTheSameCopiesAreDepositedOnceMore) {
  enqueue(1);
  seal(1, kStart, 2, 1);
  const auto first = deposits(kStart);
  for (const CopyKey& key : first) answer(key, DepositAnswer::kOk, kStart);
  EXPECT_TRUE(deposits(milliseconds_after(on_day(18), -1)).empty());
  const auto second = deposits(on_day(18));
  EXPECT_EQ(second, first);
  for (const CopyKey& key : second) answer(key, DepositAnswer::kOk, on_day(18));
  EXPECT_EQ(progress(1), Progress::kAtRelay);
  EXPECT_TRUE(deposits(on_day(20)).empty()) << "once";
}

// DLV-5.2
TEST_F(OutboxTest, AfterTwentyOneDaysOrAReplacedSessionOrNewRoutesItIsSealedAnew) {
  enqueue(1);
  seal(1, kStart);
  deposit_all(kStart);
  outbox.on_session_replaced(kAlice, sid(1), kStart);
  EXPECT_TRUE(only<SealMessage>(due(on_day(2))).empty()) << "sealed on that very session";
  outbox.on_routes_changed(kAlice, Outbox::RoutesChange::kOnlyAdded, kStart);
  EXPECT_TRUE(only<SealMessage>(due(on_day(2))).empty()) << "every copy is deposited";

  auto asked = only<SealMessage>(due(on_day(21)));
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].cause, SealCause::kOldSealing);
  ASSERT_TRUE(outbox.on_sealed(id_of(1), {sid(1), 1, 1}, on_day(21)));
  EXPECT_EQ(progress(1), Progress::kAtRelay) << "progress does not go back";
  EXPECT_EQ(deposits(on_day(21)).size(), 1U);

  outbox.on_session_replaced(kBob, sid(2), on_day(22));
  EXPECT_TRUE(only<SealMessage>(due(on_day(22))).empty()) << "another contact's session";
  outbox.on_session_replaced(kAlice, sid(2), on_day(22));
  asked = only<SealMessage>(due(on_day(22)));
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].cause, SealCause::kSessionReplaced);
  ASSERT_TRUE(outbox.on_sealed(id_of(1), {sid(2), 1, 1}, on_day(22)));

  answer(deposits(on_day(22)).at(0), DepositAnswer::kRefused, on_day(22));
  outbox.on_routes_changed(kAlice, Outbox::RoutesChange::kOnlyAdded, on_day(23));
  asked = only<SealMessage>(due(on_day(23)));
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].cause, SealCause::kRoutesChanged);
}

// DLV-5.2
TEST_F(OutboxTest, WhenARouteIsGoneWhatLiesThereIsSealedAnew) {
  enqueue(1);
  seal(1, kStart);
  deposit_all(kStart);
  outbox.on_routes_changed(kAlice, Outbox::RoutesChange::kOneIsGone, on_day(1));
  const auto asked = only<SealMessage>(due(on_day(1)));
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].cause, SealCause::kRoutesChanged);
}

// DLV-3.1
TEST_F(OutboxTest, AnAlertGoesToEveryRelayAtOnce) {
  enqueue(1, kAlice, ContentKind::kAlert);
  seal(1, kStart, 2, 3);
  EXPECT_EQ(deposits(kStart).size(), 6U);
}

// DLV-3.1
TEST_F(OutboxTest, AnythingElseGoesToTheNextRelayOnlyWhenTheOneBeforeWasTriedInVain) {
  enqueue(1);
  seal(1, kStart, 1, 3);
  auto first = deposits(kStart);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].route, 0);
  EXPECT_TRUE(deposits(after(1)).empty()) << "its answer is waited for";
  answer(first[0], DepositAnswer::kNoAnswer, after(2));
  auto second = deposits(after(2));
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].route, 1);
  answer(second[0], DepositAnswer::kOk, after(3));
  EXPECT_EQ(progress(1), Progress::kAtRelay);
  for (const CopyKey& later : deposits(on_day(1)))
    EXPECT_EQ(later.route, 0) << "the third is not needed; the first is still tried";
}

TEST_F(OutboxTest, WhatHasAReceiptIsNotSealedAnew) {
  enqueue(1);
  seal(1, kStart);
  deposit_all(kStart);
  outbox.on_receipt(kAlice, {id_of(1), ReceiptState::kDelivered});
  outbox.on_session_replaced(kAlice, sid(2), on_day(1));
  EXPECT_TRUE(only<SealMessage>(due(on_day(22))).empty());
}

TEST_F(OutboxTest, AFailedSealingIsAskedAgainLater) {
  enqueue(1);
  due(kStart);
  ASSERT_TRUE(outbox.on_seal_failed(id_of(1), kStart, rng));
  EXPECT_TRUE(due(after(kRetryFirst / 2 - 1)).empty());
  EXPECT_EQ(only<SealMessage>(due(after(kRetryFirst))).size(), 1U);
}

// DLV-5.2
TEST_F(OutboxTest, WhatFoundNoSessionIsSealedWhenOneBeginsAndNothingElseIs) {
  enqueue(1);
  seal(1, kStart);
  deposit_all(kStart);
  enqueue(2);
  ASSERT_EQ(only<SealMessage>(due(kStart)).size(), 1U);
  ASSERT_TRUE(outbox.on_seal_failed(id_of(2), kStart, rng).has_value());
  EXPECT_TRUE(only<SealMessage>(due(kStart)).empty());
  outbox.on_session_begun(kAlice, kStart);
  const auto asked = only<SealMessage>(due(kStart));
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].message, id_of(2));
}

// DLV-5.3
TEST_F(OutboxTest, AfterTwoDaysTheSenderOfAnAlertIsToldOnceToPhone) {
  enqueue(1, kAlice, ContentKind::kAlert);
  enqueue(2);
  seal(1, kStart);
  deposit_all(kStart);
  EXPECT_TRUE(only<AdviseCall>(due(after(kCallAfter - 1))).empty());
  const auto advice = only<AdviseCall>(due(after(kCallAfter)));
  ASSERT_EQ(advice.size(), 1U);
  EXPECT_EQ(advice[0].message, id_of(1));
  EXPECT_TRUE(only<AdviseCall>(due(on_day(3))).empty());
}

// DLV-5.4
TEST_F(OutboxTest, AReceiptErasesTheEnvelopesAndTheRowGoesWhenNothingMoreCanCome) {
  enqueue(1, kAlice, ContentKind::kAlert);
  seal(1, kStart);
  deposit_all(kStart);
  outbox.on_receipt(kAlice, {id_of(1), ReceiptState::kDelivered});
  EXPECT_EQ(only<EraseCopies>(due(kStart)).size(), 1U);
  EXPECT_TRUE(due(kStart).empty());
  outbox.on_receipt(kAlice, {id_of(1), ReceiptState::kRead});
  EXPECT_TRUE(due(on_day(63 + 85)).empty()) << "an alert waits for its answer";
  Outbox other = outbox;
  EXPECT_EQ(only<ForgetMessage>(other.due(milliseconds_after(on_day(63 + 85), 1), rng)).size(), 1U);
  EXPECT_TRUE(outbox.on_acknowledged(kAlice, id_of(1)));
  EXPECT_EQ(only<ForgetMessage>(due(on_day(1))).size(), 1U);
}

TEST_F(OutboxTest, AfterTwentyOneDaysWithoutAReceiptTheSenderSeesUndelivered) {
  enqueue(1);
  seal(1, kStart);
  deposit_all(kStart);
  EXPECT_EQ(attention_of(*outbox.find(id_of(1)), on_day(20)), Attention::kNone);
  EXPECT_EQ(attention_of(*outbox.find(id_of(1)), on_day(21)), Attention::kUndelivered);
}

TEST_F(OutboxTest, ARestartSendsWhatWasInFlightAgain) {
  enqueue(1);
  seal(1, kStart);
  const auto keys = deposits(kStart);
  Outbox restored =
      Outbox::restore({decode_outbox_row(encode_outbox_row(*outbox.find(id_of(1)))).value()})
          .value();
  EXPECT_EQ(restored.in_flight(), 0U);
  const auto again = only<DepositCopy>(restored.due(after(kAnswerWait), rng));
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].copy, keys[0]);
  OutboxRow row = *outbox.find(id_of(1));
  EXPECT_FALSE(Outbox::restore({row, row}).has_value());
  row.copies[0].fragment = 64;
  EXPECT_FALSE(Outbox::restore({row}).has_value());
}

}  // namespace
}  // namespace tocsin

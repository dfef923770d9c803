#include "protocol/delivery/receipts.h"

#include <gtest/gtest.h>

#include <set>

namespace tocsin {
namespace {

constexpr Instant kNow{1'800'000'000'000};

MessageId id_of(std::size_t number) {
  MessageId id;
  id.mutable_view()[0] = static_cast<std::uint8_t>(number);
  id.mutable_view()[1] = static_cast<std::uint8_t>(number >> 8);
  return id;
}

// DLV-7.2
TEST(ReceiptQueueTest, ReceiptsLeaveTogetherAtAJitteredTick) {
  SeededRng rng(1);
  std::set<std::int64_t> waits;
  for (int i = 0; i < 50; ++i) {
    ReceiptQueue queue;
    EXPECT_FALSE(queue.tick(kNow, rng).has_value());
    queue.add({id_of(1), ReceiptState::kDelivered});
    const Instant tick = queue.tick(kNow, rng).value();
    waits.insert(tick.milliseconds - kNow.milliseconds);
    queue.add({id_of(2), ReceiptState::kDelivered});
    EXPECT_EQ(queue.tick(milliseconds_after(kNow, 300), rng), tick) << "set once";
    EXPECT_TRUE(queue.take(milliseconds_after(tick, -1)).empty());
    EXPECT_EQ(queue.take(tick).size(), 2U);
    EXPECT_TRUE(queue.empty());
  }
  EXPECT_GE(*waits.begin(), kReceiptTickLeast);
  EXPECT_LT(*waits.rbegin(), kReceiptTickLeast + kReceiptTickSpread);
  EXPECT_GT(waits.size(), 30U);
}

TEST(ReceiptQueueTest, ReadReplacesDeliveredAndNeverTheOtherWay) {
  SeededRng rng(2);
  ReceiptQueue queue;
  queue.add({id_of(1), ReceiptState::kDelivered});
  queue.add({id_of(1), ReceiptState::kRead});
  queue.add({id_of(1), ReceiptState::kDelivered});
  const Instant tick = queue.tick(kNow, rng).value();
  EXPECT_EQ(queue.take(tick), (std::vector<Receipt>{{id_of(1), ReceiptState::kRead}}));
}

TEST(ReceiptQueueTest, BatchesAndTheQueueAreBounded) {
  SeededRng rng(3);
  ReceiptQueue queue;
  for (std::size_t i = 0; i < 3'000; ++i) queue.add({id_of(i), ReceiptState::kDelivered});
  std::size_t left = 0;
  Instant now = kNow;
  while (!queue.empty()) {
    now = queue.tick(now, rng).value();
    const auto batch = queue.take(now);
    EXPECT_LE(batch.size(), kMaxReceipts);
    EXPECT_TRUE(encode_receipts(batch).has_value());
    left += batch.size();
  }
  EXPECT_EQ(left, kMaxReceiptsWaiting);
}

TEST(ReceiptQueueTest, ATickSetUnderAnotherClockIsSetAgain) {
  SeededRng rng(4);
  ReceiptQueue queue;
  queue.add({id_of(1), ReceiptState::kDelivered});
  queue.tick(milliseconds_after(kNow, 30 * kDaySpan), rng);
  EXPECT_LT(queue.tick(kNow, rng).value(), milliseconds_after(kNow, 2 * kSecond));
}

TEST(ReceiptQueueTest, TheRowRoundTripsAndADamagedOneIsRefused) {
  SeededRng rng(5);
  ReceiptQueue queue;
  queue.add({id_of(1), ReceiptState::kDelivered});
  queue.add({id_of(2), ReceiptState::kRead});
  queue.tick(kNow, rng);
  Bytes row = queue.encode();
  EXPECT_EQ(ReceiptQueue::decode(row).value().encode(), row);
  for (std::size_t size = 0; size < row.size(); ++size)
    EXPECT_FALSE(ReceiptQueue::decode(BytesView(row).first(size)).has_value());
  row.back() = 9;
  EXPECT_FALSE(ReceiptQueue::decode(row).has_value());
}

// DLV-8.1
TEST(AcknowledgementTickTest, AcknowledgementsLeaveAtFullTenthsOfASecond) {
  EXPECT_EQ(acknowledgement_tick({1'000}), Instant{1'100});
  EXPECT_EQ(acknowledgement_tick({1'001}), Instant{1'100});
  EXPECT_EQ(acknowledgement_tick({1'099}), Instant{1'100});
}

// DLV-8.2
TEST(HealingClockTest, AfterADayOrSixtyFourEnvelopesAnEmptyOneIsOwed) {
  SeededRng rng(6);
  HealingClock clock;
  EXPECT_FALSE(clock.due(kNow, rng).has_value());
  clock.on_taken(ContentKind::kText, kNow);
  const Instant planned = clock.due(kNow, rng).value();
  EXPECT_GE(planned, milliseconds_after(kNow, kHealAfter));
  EXPECT_LT(planned, milliseconds_after(kNow, kHealAfter + kHealSpread));
  EXPECT_EQ(clock.due(milliseconds_after(kNow, kHourSpan), rng), planned) << "planned once";
  for (std::uint32_t i = 1; i < kHealAfterEnvelopes; ++i) clock.on_taken(ContentKind::kText, kNow);
  const Instant sooner = clock.due(kNow, rng).value();
  EXPECT_LT(sooner, milliseconds_after(kNow, kHealSpread));
  EXPECT_EQ(clock.due(kNow, rng), sooner);
  clock.on_sent();
  EXPECT_FALSE(clock.due(kNow, rng).has_value());
}

TEST(HealingClockTest, TwoIdlePeersDoNotAnswerEachOthersEmptyEnvelopesForEver) {
  SeededRng rng(7);
  HealingClock clock;
  clock.on_taken(ContentKind::kEmpty, kNow);
  EXPECT_FALSE(clock.due(milliseconds_after(kNow, 7 * kDaySpan), rng).has_value());
  for (std::uint32_t i = 1; i < kHealAfterEnvelopes; ++i) clock.on_taken(ContentKind::kEmpty, kNow);
  EXPECT_TRUE(clock.due(kNow, rng).has_value());
  const Bytes row = clock.encode();
  EXPECT_EQ(HealingClock::decode(row).value().encode(), row);
  EXPECT_FALSE(HealingClock::decode(BytesView(row).first(5)).has_value());
}

}  // namespace
}  // namespace tocsin

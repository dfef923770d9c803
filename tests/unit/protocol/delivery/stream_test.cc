#include "protocol/delivery/stream.h"

#include <gtest/gtest.h>

namespace tocsin {
namespace {

constexpr Instant kNow{1'800'000'000'000};
constexpr Instant kLater = milliseconds_after(kNow, kMissingGrace);

MessagePrefix prefix(std::uint32_t stream, std::uint32_t sequence) { return {stream, sequence, 0}; }

// DLV-6.2
TEST(StreamTest, ASenderCountsWhatIsAnsweredAndNothingElse) {
  SeededRng rng(1);
  SendingStream stream = SendingStream::create(rng);
  EXPECT_NE(stream.stream(), 0U);
  EXPECT_EQ(stream.take(ContentKind::kText, kNow).sequence, 1U);
  EXPECT_EQ(stream.take(ContentKind::kReceipts, kNow).sequence, 0U);
  EXPECT_EQ(stream.take(ContentKind::kEmpty, kNow).sequence, 0U);
  const MessagePrefix second = stream.take(ContentKind::kAlert, kNow);
  EXPECT_EQ(second.sequence, 2U);
  EXPECT_EQ(second.sent_minute, 30'000'000U);
  SendingStream restored = SendingStream::restore(stream.stream(), stream.next());
  EXPECT_EQ(restored.take(ContentKind::kText, kNow),
            (MessagePrefix{stream.stream(), 3, 30'000'000}));
}

TEST(StreamTest, AtTheEndOfTheNumbersANewStreamBegins) {
  SendingStream stream = SendingStream::restore(0xFFFFFFFF, 0xFFFFFFFF);
  EXPECT_EQ(stream.take(ContentKind::kText, kNow).sequence, 0xFFFFFFFFU);
  EXPECT_EQ(stream.take(ContentKind::kText, kNow), (MessagePrefix{1, 1, 30'000'000}));
}

TEST(StreamTest, MessagesSortByTheirStreamsPlaceAndThenTheirNumber) {
  ReceivingStreams streams;
  const OrderKey first = streams.place(prefix(900, 1), kNow);
  const OrderKey third = streams.place(prefix(900, 3), kNow);
  const OrderKey second = streams.place(prefix(900, 2), kNow);
  const OrderKey restored = streams.place(prefix(5, 1), kNow);
  const OrderKey late = streams.place(prefix(900, 4), kNow);
  const OrderKey receipt = streams.place(prefix(900, 0), kNow);
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
  EXPECT_LT(late, restored);
  EXPECT_GE(receipt, late);
  EXPECT_EQ(streams.missing(), 0U);
}

// DLV-6.3
TEST(StreamTest, WhatStaysMissingIsReportedOnce) {
  ReceivingStreams streams;
  streams.place(prefix(1, 10), kNow);
  EXPECT_EQ(streams.missing(), 0U) << "nothing before the first";
  streams.place(prefix(1, 16), kNow);
  EXPECT_EQ(streams.missing(), 5U);
  EXPECT_EQ(streams.report_missing(milliseconds_after(kLater, -1)), 0U);
  streams.place(prefix(1, 13), kNow);
  EXPECT_EQ(streams.missing(), 4U);
  EXPECT_EQ(streams.report_missing(kLater), 4U);
  EXPECT_EQ(streams.report_missing(kLater), 0U);
  for (const std::uint32_t sequence : {11U, 12U, 15U, 14U, 14U})
    streams.place(prefix(1, sequence), kNow);
  EXPECT_EQ(streams.missing(), 0U);
  streams.place(prefix(1, 9), kNow);
  EXPECT_EQ(streams.missing(), 0U);
}

// DLV-6.4
TEST(StreamTest, AHostileSenderCostsABoundedRowAndWhatMakesRoomIsReported) {
  ReceivingStreams streams;
  SeededRng rng(2);
  for (int i = 0; i < 5'000; ++i)
    streams.place(prefix(1 + rng.below(50), rng.below(0xFFFFFFFF)), kNow);
  EXPECT_LE(streams.encode().size(), 13 + kMaxStreams * (13 + kMaxMissingRanges * 17));
  ReceivingStreams gaps;
  for (std::uint32_t i = 0; i < 2 * kMaxMissingRanges; ++i) gaps.place(prefix(1, 1 + 2 * i), kNow);
  EXPECT_EQ(gaps.missing(), kMaxMissingRanges);
  EXPECT_EQ(gaps.report_missing(kLater), 2 * kMaxMissingRanges - 1);
}

TEST(StreamTest, TheRowRoundTripsAndADamagedOneIsRefused) {
  ReceivingStreams streams;
  streams.place(prefix(1, 1), kNow);
  streams.place(prefix(1, 5), kNow);
  streams.place(prefix(2, 7), kNow);
  Bytes row = streams.encode();
  ReceivingStreams read = ReceivingStreams::decode(row).value();
  EXPECT_EQ(read.encode(), row);
  EXPECT_EQ(read.missing(), 3U);
  for (std::size_t size = 0; size < row.size(); ++size)
    EXPECT_FALSE(ReceivingStreams::decode(BytesView(row).first(size)).has_value());
  row.push_back(0);
  EXPECT_FALSE(ReceivingStreams::decode(row).has_value());
}

}  // namespace
}  // namespace tocsin

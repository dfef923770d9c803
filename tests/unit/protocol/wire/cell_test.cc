#include "protocol/wire/cell.h"

#include <gtest/gtest.h>

#include "crypto/base/codec.h"
#include "tests/support/wire_samples.h"

namespace tocsin {
namespace {

// WIR-1.1, WIR-1.2, WIR-11.1: one frame size, and padding of zeros.
TEST(CellTest, EveryMessageIsOneFrameAndComesBack) {
  for (const Message& message : samples::messages()) {
    const auto cell = encode(message);
    ASSERT_TRUE(cell.has_value()) << message.index() << cell.error().where;
    EXPECT_EQ(cell->size(), kCellBytes);
    const auto back = decode(*cell);
    ASSERT_TRUE(back.has_value()) << message.index() << back.error().where;
    EXPECT_EQ(*back, message);
  }
}

// WIR-1.3
TEST(CellTest, InputNeedNotBeAligned) {
  for (const Message& message : samples::messages()) {
    const Cell cell = encode(message).value();
    for (std::size_t shift = 1; shift < kWordBytes; ++shift) {
      Bytes shifted(shift + kCellBytes);
      copy_exact(cell, MutableBytes(shifted).subspan(shift));
      const auto back = decode(BytesView(shifted).subspan(shift));
      ASSERT_TRUE(back.has_value());
      EXPECT_EQ(*back, message);
    }
  }
}

// WIR-1.1
TEST(CellTest, AnyOtherFrameSizeIsMalformed) {
  const Cell cell = encode(Malformed{}).value();
  Bytes longer = to_bytes(cell);
  longer.push_back(0);
  EXPECT_EQ(decode(BytesView(cell).first(kCellBytes - 1)).error().code, kMalformed);
  EXPECT_EQ(decode(longer).error().code, kMalformed);
  EXPECT_EQ(decode({}).error().code, kMalformed);
}

// WIR-1.2
TEST(CellTest, PaddingThatIsNotZeroIsMalformed) {
  Cell cell = encode(Malformed{}).value();
  for (const std::size_t place : {std::size_t{24}, std::size_t{1000}, kCellBytes - 1}) {
    cell[place] = 1;
    EXPECT_EQ(decode(cell).error().code, kMalformed) << place;
    cell[place] = 0;
  }
  EXPECT_TRUE(decode(cell).has_value());
}

// WIR-1.4 (trap C3)
TEST(CellTest, SegmentTablesThatPromiseMoreAreMalformed) {
  const Cell good = encode(Hello{{1}}).value();
  for (const std::uint32_t more : {1u, 2u, 0xffff'ffffu}) {
    Cell cell = good;
    for (std::size_t i = 0; i < 4; ++i) cell[i] = static_cast<std::uint8_t>(more >> (8 * i));
    EXPECT_EQ(decode(cell).error().code, kMalformed) << more;
  }
  for (const std::uint32_t words : {0u, 1u, 2u, 3u, 5u, 511u, 512u, 0x2000'0000u, 0xffff'ffffu}) {
    Cell cell = good;
    for (std::size_t i = 0; i < 4; ++i) cell[4 + i] = static_cast<std::uint8_t>(words >> (8 * i));
    EXPECT_EQ(decode(cell).error().code, kMalformed) << words;
  }
}

// WIR-2.2 (trap C4): a far pointer, a hole or shared data would be a second encoding.
TEST(CellTest, TwoPointersToOnePieceOfDataAreMalformed) {
  const Request one = samples::request(1, Ping{});
  Cell cell = encode(Requests{{one, one}}).value();
  // Words: table, root pointer, root 2, list tag, request 4, request 4, command, command. The
  // second request's command pointer stands in word 10 and is made to reach the first one's data.
  const std::size_t pointer = 10 * kWordBytes;
  ASSERT_EQ(cell[pointer] & 3, 1) << "a list pointer";
  cell[pointer] = static_cast<std::uint8_t>(cell[pointer] - (one.command.size() / kWordBytes << 2));
  EXPECT_EQ(decode(cell).error().code, kMalformed);
}

// WIR-3.1
TEST(CellTest, AHelloOffersRisingVersions) {
  EXPECT_FALSE(encode(Hello{{}}).has_value());
  EXPECT_FALSE(encode(Hello{{2, 1}}).has_value());
  EXPECT_FALSE(encode(Hello{{1, 1}}).has_value());
  EXPECT_FALSE(encode(Hello{{1, 2, 3, 4, 5, 6, 7, 8, 9}}).has_value());
}

// WIR-5.1, WIR-6.1, WIR-7.1
TEST(CellTest, EmptyListsSayNothingAndAreMalformed) {
  EXPECT_FALSE(encode(Requests{}).has_value());
  EXPECT_FALSE(encode(Replies{}).has_value());
  EXPECT_FALSE(encode(Pushes{}).has_value());
  EXPECT_FALSE(encode(Requests{{{{1}, {}}}}).has_value());
  EXPECT_FALSE(encode(Pushes{{{{1}, {1}, {}}}}).has_value());
}

// LIM-2
TEST(CellTest, TheLargestRequestsFitAndTheirSizesAreAsDerived) {
  const auto used = [](const Cell& cell) {
    return kSegmentTableBytes +
           Reader(BytesView(cell).subspan(4)).integer<std::uint32_t>() * kWordBytes;
  };
  EXPECT_EQ(used(encode(Requests{{samples::largest_deposit()}}).value()), kDepositCellBytes);
  EXPECT_EQ(used(encode(Requests{{samples::largest_put()}}).value()), kPutBoardCellBytes);
  const Push push{{2}, {3}, Bytes(kEnvelopeBytes, 1)};
  EXPECT_EQ(used(encode(Pushes{{push}}).value()), kPushCellBytes);
}

TEST(CellTest, SizesTellWhatPackingNeeds) {
  const Request request = samples::largest_deposit();
  EXPECT_EQ(kCellOverheadBytes + encoded_size(request), kDepositCellBytes);
  const Push push{{2}, {3}, Bytes(kEnvelopeBytes, 1)};
  EXPECT_EQ(kCellOverheadBytes + encoded_size(push), kPushCellBytes);
}

// WIR-6.3
TEST(CellTest, ManyRepliesLeaveInAsFewCellsAsFitAndInOrder) {
  std::vector<Reply> replies;
  for (std::uint64_t id = 1; id <= 500; ++id) replies.push_back({{id}, Answer::kOk});
  const auto cells = pack(replies);
  ASSERT_TRUE(cells.has_value());
  const std::size_t per_cell = (kCellBytes - kCellOverheadBytes) / kReplyStructBytes;
  EXPECT_EQ(cells->size(), (500 + per_cell - 1) / per_cell);
  std::vector<Reply> back;
  for (const Cell& cell : *cells) {
    const Message message = decode(cell).value();
    for (const Reply& reply : std::get<Replies>(message).list) back.push_back(reply);
  }
  EXPECT_EQ(back, replies);
}

TEST(CellTest, WhatFitsNoCellIsTooLarge) {
  EXPECT_EQ(pack(std::vector<Reply>{{{1}, Answer::kOk, Bytes(kCellBytes)}}).error().code,
            kTooLarge);
  EXPECT_EQ(encode(Replies{{{{1}, Answer::kOk, Bytes(kCellBytes)}}}).error().code, kTooLarge);
  EXPECT_EQ(encode(Replies{{{{1}, Answer::kOk, Bytes(100'000)}}}).error().code, kTooLarge);
}

}  // namespace
}  // namespace tocsin

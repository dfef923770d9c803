#include "protocol/session/fragment.h"

#include <gtest/gtest.h>

namespace tocsin {
namespace {

constexpr std::array<std::size_t, 1> kNarrow{kBodyWithKem};
constexpr std::array<std::size_t, 2> kFirstContactRooms{kBodyFirst, kBodyPrekeyForm};

OutgoingMessage message_of(BytesView body) {
  return {ContentKind::kText, MessageId(), {7, 8, 9}, body};
}

std::size_t fragments_of(std::size_t body_bytes, Rooms rooms) {
  return count_fragments(body_bytes, rooms).value();
}

// CNT-3.1
TEST(FragmentTest, AMessageBeginsWithStreamSequenceAndMinute) {
  const auto contents = split_message(message_of(as_bytes("hi")), kNarrow).value();
  ASSERT_EQ(contents.size(), 1U);
  const ContentView view = decode_content(contents[0].expose(kExpose)).value();
  EXPECT_EQ(to_hex(view.body), "070000000800000009000000" + to_hex(as_bytes("hi")));
  EXPECT_EQ(view.header.total, 14U);
}

// CNT-3.2
TEST(FragmentTest, TheNumberOfFragmentsIsAPowerOfTwoWhateverTheLength) {
  EXPECT_EQ(fragments_of(0, kNarrow), 1U);
  EXPECT_EQ(fragments_of(1411, kNarrow), 1U);
  EXPECT_EQ(fragments_of(1412, kNarrow), 2U);
  EXPECT_EQ(fragments_of(2 * 1423 - 12, kNarrow), 2U);
  EXPECT_EQ(fragments_of(2 * 1423 - 11, kNarrow), 4U);
  EXPECT_EQ(fragments_of(kMaxBodyBytes, kNarrow), 64U);
  EXPECT_EQ(fragments_of(1011, kFirstContactRooms), 1U);
  EXPECT_EQ(fragments_of(1012, kFirstContactRooms), 2U);
  EXPECT_EQ(fragments_of(1023 + 3551 - 12, kFirstContactRooms), 2U);
}

TEST(FragmentTest, FragmentsCoverTheMessageInOrderAndEndWithEmptyOnes) {
  const Bytes body(5'000, 0x5A);
  const auto contents = split_message(message_of(body), kFirstContactRooms).value();
  ASSERT_EQ(contents.size(), 4U);
  std::vector<std::size_t> lengths;
  std::size_t offset = 0;
  for (std::size_t i = 0; i < contents.size(); ++i) {
    const ContentView view = decode_content(contents[i].expose(kExpose)).value();
    EXPECT_EQ(view.header.index, i);
    EXPECT_EQ(view.header.count, 4U);
    EXPECT_EQ(view.header.offset, offset);
    offset += view.body.size();
    lengths.push_back(view.body.size());
  }
  EXPECT_EQ(lengths, (std::vector<std::size_t>{1023, 3551, 438, 0}));
}

// CNT-3.3
TEST(FragmentTest, AMessageThatDoesNotFitIsRefusedBeforeAnythingIsMade) {
  const Bytes body(kMaxBodyBytes + 1);
  EXPECT_EQ(split_message(message_of(body), kNarrow).error().code, kTooLarge);
  const std::array<std::size_t, 1> small{1'000};
  EXPECT_EQ(count_fragments(64 * 1'000 - 12, small).value(), 64U);
  EXPECT_EQ(count_fragments(64 * 1'000 - 11, small).error().code, kTooLarge);
  const std::array<std::size_t, 1> tiny{11};
  EXPECT_EQ(count_fragments(1, tiny).error().code, kOutOfRange);
  EXPECT_EQ(count_fragments(1, Rooms()).error().code, kOutOfRange);
}

}  // namespace
}  // namespace tocsin

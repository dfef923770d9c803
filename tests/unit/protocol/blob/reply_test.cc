#include "protocol/blob/reply.h"

#include <gtest/gtest.h>

#include "protocol/wire/cell.h"

namespace tocsin {
namespace {

// BLB-8.1
TEST(BlobStatTest, TheMapComesBackWithBitsInTheirPlaces) {
  FrameMap map(11);
  map.set(0);
  map.set(9);
  map.set(10);
  EXPECT_EQ(map.count(), 3U);
  EXPECT_EQ(to_hex(map.bits()), "0106");
  for (const BlobStanding standing : {BlobStanding::kOpen, BlobStanding::kSealed}) {
    const BlobStat stat{standing, map};
    const auto back = decode_stat(encode_stat(stat));
    ASSERT_TRUE(back.has_value());
    EXPECT_EQ(*back, stat);
  }
  EXPECT_TRUE(map.has(9));
  EXPECT_FALSE(map.has(8));
}

// BLB-8.1
TEST(BlobStatTest, ALyingStatIsRefused) {
  FrameMap map(11);
  const Bytes good = encode_stat({BlobStanding::kOpen, map});
  Bytes beyond = good;
  beyond.back() = 0x08;  // frame 11 of 0 … 10
  EXPECT_EQ(decode_stat(beyond).error().code, kMalformed);
  Bytes longer = good;
  longer.push_back(0);
  EXPECT_EQ(decode_stat(longer).error().code, kMalformed);
  Bytes standing = good;
  standing[4] = 2;
  EXPECT_EQ(decode_stat(standing).error().code, kMalformed);
  Bytes none = good;
  none[0] = 0;
  EXPECT_EQ(decode_stat(none).error().code, kMalformed);
  Bytes huge = good;
  huge[3] = 0x80;
  EXPECT_EQ(decode_stat(huge).error().code, kMalformed);
  EXPECT_EQ(decode_stat({}).error().code, kMalformed);
}

// LIM-11: the map of the largest blob fits one reply, and one reply one cell.
TEST(BlobStatTest, TheLargestFitsACell) {
  const Reply reply{RequestId{1}, Answer::kOk,
                    encode_stat({BlobStanding::kOpen, FrameMap(kMaxBlobFrames)})};
  EXPECT_TRUE(encode(Replies{{reply}}).has_value());
}

// BLB-4.3
TEST(BlobStatTest, FreeFramesComeBack) {
  EXPECT_EQ(decode_free_frames(encode_free_frames(70'000)).value(), 70'000U);
  EXPECT_EQ(decode_free_frames(Bytes(3)).error().code, kMalformed);
  EXPECT_EQ(decode_free_frames(Bytes(5)).error().code, kMalformed);
}

}  // namespace
}  // namespace tocsin

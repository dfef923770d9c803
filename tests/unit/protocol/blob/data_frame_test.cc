#include "protocol/blob/data_frame.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/base/rng.h"
#include "protocol/blob/command.h"

namespace tocsin {
namespace {

Bytes stored_bytes() {
  SeededRng rng(3);
  Bytes stored(kStoredFrameBytes);
  rng.fill(stored);
  return stored;
}
StoredFrame view(const Bytes& stored) { return StoredFrame(stored.data(), kStoredFrameBytes); }

Request a_put() {
  SeededRng rng(4);
  return {.id = RequestId{9},
          .command = encode_bulk(PutFrame{rng.draw<ReadId>(), 12}),
          .tag = rng.draw<Tag>()};
}

// BLB-1.3
TEST(DataFrameTest, PutAndGotComeBackWithTheirBytes) {
  const Bytes stored = stored_bytes();
  const Bytes put = encode(PutData{a_put(), view(stored)});
  ASSERT_EQ(put.size(), kDataFrameBytes);
  const auto put_back = decode_put(put);
  ASSERT_TRUE(put_back.has_value());
  EXPECT_EQ(put_back->request, a_put());
  EXPECT_TRUE(std::ranges::equal(put_back->stored, stored));

  const Bytes got = encode(GotData{RequestId{77}, view(stored)});
  ASSERT_EQ(got.size(), kDataFrameBytes);
  const auto got_back = decode_got(got);
  ASSERT_TRUE(got_back.has_value());
  EXPECT_EQ(got_back->request, RequestId{77});
  EXPECT_TRUE(std::ranges::equal(got_back->stored, stored));
}

// BLB-1.3
TEST(DataFrameTest, AnythingElseIsMalformed) {
  const Bytes stored = stored_bytes();
  const Bytes put = encode(PutData{a_put(), view(stored)});
  const Bytes got = encode(GotData{RequestId{77}, view(stored)});
  EXPECT_FALSE(decode_got(put).has_value());
  EXPECT_FALSE(decode_put(got).has_value());
  for (const Bytes& frame : {put, got}) {
    const BytesView whole(frame);
    EXPECT_FALSE(decode_put(whole.first(kDataFrameBytes - 1)).has_value());
    EXPECT_FALSE(decode_got(whole.first(kDataFrameBytes - 1)).has_value());
    EXPECT_FALSE(decode_put(whole.first(kRelayPartBytes)).has_value());
    Bytes padded = frame;
    padded[kRelayPartBytes - 1] = 1;
    EXPECT_FALSE(decode_put(padded).has_value());
    EXPECT_FALSE(decode_got(padded).has_value());
    padded = frame;
    padded[0] = 3;
    EXPECT_FALSE(decode_put(padded).has_value());
    EXPECT_FALSE(decode_got(padded).has_value());
  }
}

}  // namespace
}  // namespace tocsin

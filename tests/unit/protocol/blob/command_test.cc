#include "protocol/blob/command.h"

#include <gtest/gtest.h>

#include "crypto/base/rng.h"
#include "protocol/blob/limits.h"
#include "protocol/codes.h"

namespace tocsin {
namespace {

std::vector<BulkCommand> one_of_each() {
  SeededRng rng(1);
  const auto id = rng.draw<ReadId>();
  return {BulkPing{},      CreateBlob{rng.draw<OwnerPublic>(), 16'384, 14},
          PutFrame{id, 7}, SealBlob{id},
          DeleteBlob{id},  GetFrame{id, UINT32_MAX},
          StatBlob{id}};
}

// BLB-2.1
TEST(BulkCommandTest, EveryCommandComesBackAndNothingMayFollowIt) {
  for (const BulkCommand& command : one_of_each()) {
    Bytes bytes = encode_bulk(command);
    const auto back = decode_bulk(bytes);
    ASSERT_TRUE(back.has_value()) << command.index();
    EXPECT_EQ(*back, command);
    bytes.push_back(0);
    EXPECT_EQ(decode_bulk(bytes).error().code, kMalformed) << command.index();
    for (std::size_t size = 0; size + 1 < bytes.size(); ++size)
      EXPECT_EQ(decode_bulk(BytesView(bytes).first(size)).error().code, kMalformed) << size;
  }
}

// BLB-2.1
TEST(BulkCommandTest, WhatIsOutOfRangeOrOfALaterVersionIsTold) {
  SeededRng rng(2);
  const auto owner = rng.draw<OwnerPublic>();
  EXPECT_EQ(decode_bulk(encode_bulk(CreateBlob{owner, 0, 7})).error().code, kMalformed);
  EXPECT_EQ(decode_bulk(encode_bulk(CreateBlob{owner, kMaxBlobFrames + 1, 7})).error().code,
            kMalformed);
  EXPECT_EQ(decode_bulk(encode_bulk(CreateBlob{owner, 1, 0})).error().code, kMalformed);
  EXPECT_EQ(decode_bulk(encode_bulk(CreateBlob{owner, 1, kMaxBlobDays + 1})).error().code,
            kMalformed);
  EXPECT_EQ(decode_bulk(Bytes{7}).error().code, kUnsupportedVersion);
  EXPECT_EQ(decode_bulk(Bytes{}).error().code, kMalformed);
}

}  // namespace
}  // namespace tocsin

#include "protocol/wire/reply.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/wire_samples.h"

namespace tocsin {
namespace {

// WIR-9.1
TEST(ReplyTest, BodiesComeBackAndOtherLengthsAreMalformed) {
  const CreatedMailbox created{samples::filled<ReadId>(1), samples::filled<DropId>(2)};
  EXPECT_EQ(decode_created(encode_created(created)).value(), created);
  EXPECT_EQ(decode_rotated(encode_rotated(created.drop_id)).value(), created.drop_id);
  for (const std::size_t size : {std::size_t{0}, std::size_t{63}, std::size_t{65}})
    EXPECT_EQ(decode_created(Bytes(size)).error().code, kMalformed);
  EXPECT_EQ(decode_rotated(Bytes(31)).error().code, kMalformed);
}

// WIR-6.2
TEST(ReplyTest, EveryAnswerHasItsOwnName) {
  std::set<std::string_view> names;
  for (std::uint16_t i = 0; i < kAnswerCount; ++i)
    EXPECT_TRUE(names.insert(answer_name(static_cast<Answer>(i))).second) << i;
  EXPECT_FALSE(names.contains(""));
  EXPECT_EQ(answer_name(static_cast<Answer>(kAnswerCount)), "");
}

// WIR-6.2
TEST(ReplyTest, AnUnknownAnswerMakesTheCellMalformed) {
  Cell cell = encode(Replies{{{{1}, Answer::kOk}}}).value();
  cell[8 * 6] = static_cast<std::uint8_t>(kAnswerCount);  // word 6: answer of the first reply
  EXPECT_EQ(decode(cell).error().code, kMalformed);
  cell[8 * 6] = static_cast<std::uint8_t>(kAnswerCount - 1);
  EXPECT_TRUE(decode(cell).has_value());
}

}  // namespace
}  // namespace tocsin

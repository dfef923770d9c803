#include "crypto/base/rng.h"

#include <gtest/gtest.h>

#include "crypto/keys/keys.h"

namespace tocsin {
namespace {

TEST(RngTest, TheSameSeedGivesTheSameBytesAndNoCallRepeats) {
  SeededRng first(7);
  SeededRng second(7);
  SeededRng other(8);
  const auto a = first.draw<MessageId>();
  EXPECT_EQ(a, second.draw<MessageId>());
  EXPECT_NE(a, first.draw<MessageId>());
  EXPECT_NE(a, other.draw<MessageId>());
}

TEST(RngTest, BelowStaysBelowAndReachesEveryValue) {
  SeededRng rng(1);
  std::array<int, 5> seen{};
  for (int i = 0; i < 500; ++i) ++seen.at(rng.below(5));
  for (const int count : seen) EXPECT_GT(count, 50);
}

}  // namespace
}  // namespace tocsin

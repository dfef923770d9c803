// client/net/reader.h: what becomes of a subscription the relay did not grant. MBX-9.5
#include "client/net/reader.h"

#include <gtest/gtest.h>

#include "client/net/limits.h"

namespace tocsin::net {
namespace {

TEST(ReaderTest, ARefusedSubscriptionIsAskedForAgainAndSeldom) {
  // MBX-9.5: one bent tag must not make a reader deaf; model seed 83 ended so.
  const std::optional<Milliseconds> refused = ask_again_after(Answer::kRefused);
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(*refused, 600'000);
  const std::optional<Milliseconds> busy = ask_again_after(Answer::kBusy);
  ASSERT_TRUE(busy.has_value());
  EXPECT_EQ(*busy, 5'000);
}

TEST(ReaderTest, ASupersededSubscriptionIsNotTakenBackOnTheSameLine) {
  EXPECT_FALSE(ask_again_after(Answer::kSuperseded).has_value());
  EXPECT_FALSE(ask_again_after(Answer::kOk).has_value());
}

}  // namespace
}  // namespace tocsin::net

#include "crypto/keys/guarded.h"

#include <gtest/gtest.h>

#include <vector>

#include "crypto/keys/keys.h"

namespace tocsin {
namespace {

static_assert(!std::is_copy_constructible_v<GuardedSecret<DatabaseKey>>);
static_assert(std::is_move_constructible_v<GuardedSecret<DatabaseKey>>);

TEST(GuardedTest, WhatIsHeldIsGivenBack) {
  SeededRng rng(1);
  const DatabaseKey key = DatabaseKey::random(rng);
  const auto guarded = GuardedSecret<DatabaseKey>::hold(key).value();
  const Bytes seen = guarded.use([](const DatabaseKey& k) { return to_bytes(k.expose(kExpose)); });
  EXPECT_EQ(seen, to_bytes(key.expose(kExpose)));
}

TEST(GuardedDeathTest, OutsideUseItCannotBeRead) {
  const auto guarded = GuardedBytes::holding(as_bytes("secret")).value();
  const std::uint8_t* place = guarded.with([](BytesView bytes) { return bytes.data(); });
  EXPECT_DEATH(
      {
        const volatile std::uint8_t* peek = place;
        if (*peek == 's') std::abort();
      },
      "");
}

// VLT-8.3
TEST(GuardedTest, ThereAreAtMostSixtyFour) {
  std::vector<GuardedBytes> all;
  for (int i = 0; i < kMaxGuardedSecrets; ++i)
    all.push_back(GuardedBytes::holding(as_bytes("secret")).value());
  EXPECT_EQ(GuardedBytes::holding(as_bytes("secret")).error().code, kNoMemory);
  all.pop_back();
  EXPECT_TRUE(GuardedBytes::holding(as_bytes("secret")).has_value());
}

}  // namespace
}  // namespace tocsin

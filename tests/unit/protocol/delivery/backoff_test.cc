#include "protocol/delivery/backoff.h"

#include <gtest/gtest.h>

namespace tocsin {
namespace {

// DLV-4.2
TEST(BackoffTest, WaitsDoubleUpToTheLongestAndARandomPartIsTakenOff) {
  SeededRng rng(1);
  for (const Backoff& backoff : {kRetryBackoff, kBusyBackoff, kFullBackoff}) {
    std::int64_t full = backoff.first;
    for (std::uint32_t attempts = 1; attempts < 40; ++attempts) {
      std::int64_t shortest = full;
      std::int64_t longest = 0;
      for (int i = 0; i < 200; ++i) {
        const std::int64_t wait = wait_before_retry(backoff, attempts, rng);
        shortest = std::min(shortest, wait);
        longest = std::max(longest, wait);
      }
      EXPECT_GT(shortest, full / 2 - 1) << attempts;
      EXPECT_LE(longest, full) << attempts;
      EXPECT_GT(longest - shortest, full / 4) << "not jittered";
      full = std::min(2 * full, backoff.longest);
    }
  }
  EXPECT_LE(wait_before_retry(kRetryBackoff, 0xFFFFFFFF, rng), kRetryLongest);
}

}  // namespace
}  // namespace tocsin

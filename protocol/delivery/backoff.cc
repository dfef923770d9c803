#include "protocol/delivery/backoff.h"

#include <algorithm>

namespace tocsin {

std::int64_t wait_before_retry(const Backoff& backoff, std::uint32_t attempts, Rng& rng) {
  std::int64_t wait = backoff.first;
  for (std::uint32_t i = 1; i < attempts && wait < backoff.longest; ++i) wait *= 2;
  wait = std::min(wait, backoff.longest);
  return wait - rng.below(static_cast<std::uint32_t>(wait / 2));
}

}  // namespace tocsin

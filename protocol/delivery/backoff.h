// protocol/delivery/backoff.h: how long to wait before the same bytes are tried again.
//
// Spec:    protocol/spec/delivery.md DLV-4
// Threads: values only
#pragma once

#include "crypto/base/rng.h"
#include "crypto/base/time.h"
#include "protocol/delivery/limits.h"

namespace tocsin {

struct Backoff {
  std::int64_t first;
  std::int64_t longest;
};
inline constexpr Backoff kRetryBackoff{kRetryFirst, kRetryLongest};
inline constexpr Backoff kBusyBackoff{kBusyFirst, kRetryLongest};
inline constexpr Backoff kFullBackoff{kFullFirst, kFullLongest};

// Milliseconds before attempt `attempts` + 1: first · 2^(attempts - 1), at most longest, of which
// a uniform share between a half and all is taken. attempts ≥ 1.
std::int64_t wait_before_retry(const Backoff& backoff, std::uint32_t attempts, Rng& rng);

}  // namespace tocsin

// relay/store/token_bucket.h: a rate limit as a value; time is an argument.
//
// Shape:   `per_second` on average, a burst of one second's worth; starts full
// Threads: values only
#pragma once

#include <algorithm>
#include <cstdint>

#include "crypto/base/time.h"

namespace tocsin {

class TokenBucket {
 public:
  // Takes one token, or says that there is none. A clock that goes back refills nothing.
  bool take(std::uint32_t per_second, Instant now) {
    if (!has_one(per_second, now)) return false;
    thousandths_ -= 1'000;
    return true;
  }
  // Whether take() would.
  bool has_one(std::uint32_t per_second, Instant now) {
    const std::int64_t full = std::int64_t{per_second} * 1'000;
    if (!started_) {
      started_ = true;
      thousandths_ = full;
    } else if (now > at_) {
      const std::int64_t elapsed =
          std::min<std::int64_t>(now.milliseconds - at_.milliseconds, 1'000);
      thousandths_ = std::min(full, thousandths_ + elapsed * per_second);
    }
    at_ = now;
    return thousandths_ >= 1'000;
  }

 private:
  Instant at_;
  std::int64_t thousandths_ = 0;
  bool started_ = false;
};

}  // namespace tocsin

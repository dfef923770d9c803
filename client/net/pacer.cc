#include "client/net/pacer.h"

#include <algorithm>

namespace tocsin::net {

Milliseconds jittered(Milliseconds middle, std::uint32_t percent, Rng& rng) {
  const Milliseconds reach = middle * percent / 100;
  return middle - reach + rng.below(static_cast<std::uint32_t>(2 * reach + 1));
}

Milliseconds Pacer::on_lost(Milliseconds now, Milliseconds ready_since, Rng& rng) {
  if (ready_since >= 0 && now - ready_since >= kProvenMs) tries_ = 0;
  ++tries_;
  Milliseconds delay = kPatientDelayMs;
  if (tries_ <= kPatientTries) {
    const std::uint32_t doublings = std::min<std::uint32_t>(tries_ - 1, 8);
    delay = std::min(kFirstDelayMs << doublings, kLongestDelayMs);
  }
  return now + jittered(delay, kDelayJitterPercent, rng);
}

}  // namespace tocsin::net

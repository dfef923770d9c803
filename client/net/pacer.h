// client/net/pacer.h: when to dial again.
//
// Shape:   in   losses and the times they happened;  out  the earliest time of the next dial
// Threads: values only
#pragma once

#include "client/net/limits.h"
#include "crypto/base/rng.h"

namespace tocsin::net {

class Pacer {
 public:
  // A line was dialled and lost; `ready_since` is when it got its welcome, negative if never.
  // Returns when to dial again.
  Milliseconds on_lost(Milliseconds now, Milliseconds ready_since, Rng& rng);
  std::uint32_t tries() const { return tries_; }
  // Somebody changed the network or asks: start over.
  void reset() { tries_ = 0; }

 private:
  std::uint32_t tries_ = 0;  // lost in a row without a line that proved itself
};

// `middle` ± `percent`, uniform.
Milliseconds jittered(Milliseconds middle, std::uint32_t percent, Rng& rng);

}  // namespace tocsin::net

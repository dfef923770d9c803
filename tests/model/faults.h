// tests/model/faults.h: what goes wrong, drawn from the seed.
#pragma once

#include "crypto/base/rng.h"

namespace tocsin::model {

// Per mille of the occasions.
struct FaultRates {
  std::uint32_t drop = 0;          // a cell, in either direction
  std::uint32_t duplicate = 0;     // a cell
  std::uint32_t reorder = 0;       // a cell goes behind the next one
  std::uint32_t corrupt = 0;       // one bit of a cell
  std::uint32_t late_ack = 0;      // an acknowledgement waits for a later round
  std::uint32_t line_loss = 0;     // a line ends, asked at every use
  std::uint32_t relay_crash = 0;   // asked at every group commit: the open batch is lost
  std::uint32_t client_crash = 0;  // asked for every round of a client: dies somewhere in it
};

class Faults {
 public:
  Faults(std::uint64_t seed, FaultRates rates) : rng_(seed), rates_(rates) {}

  const FaultRates& rates() const { return rates_; }
  bool happens(std::uint32_t per_mille) { return per_mille > 0 && rng_.below(1'000) < per_mille; }
  std::uint32_t below(std::uint32_t bound) { return rng_.below(bound); }
  void set(FaultRates rates) { rates_ = rates; }
  void stop() { rates_ = {}; }

 private:
  SeededRng rng_;
  FaultRates rates_;
};

}  // namespace tocsin::model

// crypto/base/rng.h: randomness as an argument.
//
// Shape:   Rng fills any length; SystemRng is libsodium's, SeededRng replays from a 32-byte seed
//          (tests, vectors)
// Secrets: a SeededRng's seed is as secret as everything drawn from it; it exists for tests and the
//          model
// Threads: SystemRng is safe from any thread; a SeededRng belongs to one
#pragma once

#include <array>
#include <cstdint>

#include "crypto/base/bytes.h"

namespace tocsin {

class Rng {
 public:
  virtual ~Rng() = default;
  virtual void fill(MutableBytes target) = 0;

  // Uniform in [0, bound); bound > 0.
  std::uint32_t below(std::uint32_t bound);

  template <class FixedValue>
  FixedValue draw() {
    FixedValue value;
    fill(value.mutable_view());
    return value;
  }

 protected:
  Rng() = default;
  Rng(const Rng&) = default;
  Rng& operator=(const Rng&) = default;
};

class SystemRng final : public Rng {
 public:
  void fill(MutableBytes target) override;
};

class SeededRng final : public Rng {
 public:
  explicit SeededRng(std::uint64_t seed);
  void fill(MutableBytes target) override;

 private:
  std::array<std::uint8_t, 32> key_{};
  std::uint64_t block_ = 0;
};

}  // namespace tocsin

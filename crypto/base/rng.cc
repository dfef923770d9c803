#include "crypto/base/rng.h"

#include <sodium.h>

#include <cstring>

namespace tocsin {

std::uint32_t Rng::below(std::uint32_t bound) {
  // Rejection keeps it uniform: draw again while in the short last interval.
  const std::uint32_t reject_below = (0U - bound) % bound;
  for (;;) {
    std::array<std::uint8_t, 4> raw{};
    fill(raw);
    std::uint32_t value = 0;
    std::memcpy(&value, raw.data(), raw.size());
    if (value >= reject_below) return value % bound;
  }
}

void SystemRng::fill(MutableBytes target) { randombytes_buf(target.data(), target.size()); }

SeededRng::SeededRng(std::uint64_t seed) { std::memcpy(key_.data(), &seed, sizeof seed); }

void SeededRng::fill(MutableBytes target) {
  // One ChaCha20 keystream per call: the nonce counts the calls, so no byte is drawn twice.
  std::array<std::uint8_t, crypto_stream_chacha20_NONCEBYTES> nonce{};
  static_assert(nonce.size() == sizeof block_);
  std::memcpy(nonce.data(), &block_, sizeof block_);
  ++block_;
  if (target.empty()) return;  // the library takes no null, not even for nothing
  crypto_stream_chacha20(target.data(), target.size(), nonce.data(), key_.data());
}

}  // namespace tocsin

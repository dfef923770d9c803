#include "crypto/box/agree.h"

#include <sodium.h>

#include <algorithm>
#include <cstdlib>

namespace tocsin {
namespace {

using Point = std::array<std::uint8_t, 32>;

// 2^255 - 19 + offset, little-endian.
constexpr Point prime_plus(int offset) {
  Point value{};
  value.fill(0xff);
  value[0] = static_cast<std::uint8_t>(0xed + offset);
  value[31] = 0x7f;
  return value;
}

constexpr Point small(std::uint8_t value) {
  Point point{};
  point[0] = value;
  return point;
}

constexpr Point kPrime = prime_plus(0);

// The u-coordinates below the prime of every point whose order divides 8, on the curve and on its
// twist (D. J. Bernstein, "A state-of-the-art Diffie-Hellman function", on small-order points).
constexpr std::array<Point, 5> kLowOrder = {
    small(0),
    small(1),
    Point{0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3,
          0xfa, 0xf1, 0x9f, 0xc4, 0x6a, 0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32,
          0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00},
    Point{0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1,
          0x55, 0x9c, 0x83, 0xef, 0x5b, 0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c,
          0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57},
    prime_plus(-1),
};

bool is_canonical(BytesView key) {
  return std::lexicographical_compare(key.rbegin(), key.rend(), kPrime.rbegin(), kPrime.rend());
}

bool is_low_order(BytesView key) {
  return std::ranges::any_of(kLowOrder,
                             [&](const Point& point) { return std::ranges::equal(point, key); });
}

}  // namespace

Status check_x25519_public(BytesView public_key) {
  if (public_key.size() != 32 || !is_canonical(public_key))
    return fail(kBadKey, "X25519 public key form");
  if (is_low_order(public_key)) return fail(kBadKey, "X25519 low-order public key");
  return {};
}

void x25519_public_of(BytesView secret, MutableBytes public_key) {
  if (secret.size() != 32 || public_key.size() != 32) std::abort();
  crypto_scalarmult_curve25519_base(public_key.data(), secret.data());
}

Result<AgreedSecret> x25519_agree(BytesView secret, BytesView public_key) {
  if (secret.size() != 32 || public_key.size() != 32) std::abort();
  std::array<std::uint8_t, 32> shared{};
  if (crypto_scalarmult_curve25519(shared.data(), secret.data(), public_key.data()) != 0) {
    return fail(kBadKey, "X25519 agreement");
  }
  return AgreedSecret::take(shared);
}

}  // namespace tocsin

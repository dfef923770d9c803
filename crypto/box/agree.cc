#include "crypto/box/agree.h"

#include <sodium.h>

#include <algorithm>
#include <cstdlib>

namespace tocsin {
namespace {

// 2^255 - 19, little-endian.
constexpr std::array<std::uint8_t, 32> kPrime = [] {
  std::array<std::uint8_t, 32> prime{};
  prime.fill(0xff);
  prime[0] = 0xed;
  prime[31] = 0x7f;
  return prime;
}();

bool is_canonical(BytesView key) {
  return std::lexicographical_compare(key.rbegin(), key.rend(), kPrime.rbegin(), kPrime.rend());
}

}  // namespace

Status check_x25519_public(BytesView public_key) {
  if (public_key.size() != 32 || !is_canonical(public_key))
    return fail(kBadKey, "X25519 public key form");
  // Any multiple of the cofactor sends a low-order point to zero, which libsodium reports.
  std::array<std::uint8_t, 32> scalar{};
  scalar[0] = 8;
  std::array<std::uint8_t, 32> product{};
  if (crypto_scalarmult_curve25519(product.data(), scalar.data(), public_key.data()) != 0) {
    return fail(kBadKey, "X25519 low-order public key");
  }
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

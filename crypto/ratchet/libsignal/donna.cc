#include "crypto/ratchet/libsignal/donna.h"

#include <sodium.h>

#include <array>
#include <cstring>

#include "crypto/ratchet/libsignal/context.h"

namespace {

thread_local std::uint64_t multiplications = 0;

constexpr std::array<std::uint8_t, 32> kBasePoint{9};

}  // namespace

extern "C" __attribute__((visibility("default"), used)) int curve25519_donna(
    std::uint8_t* result, const std::uint8_t* secret, const std::uint8_t* point) {
  ++multiplications;
  // A public key of our own: the multiplication of the fixed point is three times as fast.
  if (std::memcmp(point, kBasePoint.data(), kBasePoint.size()) == 0)
    return crypto_scalarmult_base(result, secret);
  return crypto_scalarmult(result, secret, point);
}

namespace tocsin {

namespace libsignal {
std::uint64_t multiplications_on_this_thread() { return multiplications; }
}  // namespace libsignal

Status check_wall() {
  using namespace libsignal;
  const auto agree = [](const RawKey& point) -> Result<int> {
    const RawKey scalar{0x40, 1};
    const auto public_key = TRY(public_key_of(point));
    const auto secret = TRY(private_key_of(scalar));
    std::uint8_t* shared = nullptr;
    const int result = curve_calculate_agreement(&shared, public_key.get(), secret.get());
    std::free(shared);
    return result;
  };
  const std::uint64_t before = multiplications;
  if (TRY(agree(kBasePoint)) != static_cast<int>(kBasePoint.size()))
    return fail(kSelfCheckFailed, "libsignal agreement");
  if (multiplications != before + 1) return fail(kSelfCheckFailed, "libsignal X25519 is not ours");
  const RawKey zero{};
  if (TRY(agree(zero)) >= 0) return fail(kSelfCheckFailed, "libsignal accepts a low-order key");
  return {};
}

}  // namespace tocsin

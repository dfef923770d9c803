#include "crypto/kem/kem.h"

#include <ntruprime.h>

#include <cstdlib>

namespace tocsin {
namespace {

static_assert(KemPublic::kBytes == sntrup761_PUBLICKEYBYTES);
static_assert(KemSecret::kBytes == sntrup761_SECRETKEYBYTES);
static_assert(KemCiphertext::kBytes == sntrup761_CIPHERTEXTBYTES);
static_assert(KemShared::kBytes == sntrup761_BYTES);

// Where the library's randomness comes from during one call on this thread.
thread_local Rng* current_rng = nullptr;

class RngForThisCall {
 public:
  explicit RngForThisCall(Rng& rng) { current_rng = &rng; }
  RngForThisCall(const RngForThisCall&) = delete;
  RngForThisCall& operator=(const RngForThisCall&) = delete;
  ~RngForThisCall() { current_rng = nullptr; }
};

}  // namespace
}  // namespace tocsin

// The one symbol libntruprime leaves to its user (K4). Randomness nobody asked for is a fault of
// ours.
extern "C" void randombytes_internal_void_voidstar_longlong(void* target, long long length);
extern "C" void randombytes_internal_void_voidstar_longlong(void* target, long long length) {
  if (tocsin::current_rng == nullptr || length < 0) std::abort();
  tocsin::current_rng->fill({static_cast<std::uint8_t*>(target), static_cast<std::size_t>(length)});
}

namespace tocsin {

KemPair make_kem_pair(Rng& rng) {
  const RngForThisCall source(rng);
  KemPublic public_key;
  std::array<std::uint8_t, KemSecret::kBytes> secret{};
  sntrup761_keypair(public_key.mutable_view().data(), secret.data());
  return {public_key, KemSecret::take(secret)};
}

KemEncapsulation kem_encapsulate(const KemPublic& public_key, Rng& rng) {
  const RngForThisCall source(rng);
  KemCiphertext ciphertext;
  std::array<std::uint8_t, KemShared::kBytes> shared{};
  sntrup761_enc(ciphertext.mutable_view().data(), shared.data(), public_key.view().data());
  return {ciphertext, KemShared::take(shared)};
}

KemShared kem_decapsulate(const KemSecret& secret, const KemCiphertext& ciphertext) {
  std::array<std::uint8_t, KemShared::kBytes> shared{};
  sntrup761_dec(shared.data(), ciphertext.view().data(), secret.expose(kExpose).data());
  return KemShared::take(shared);
}

}  // namespace tocsin

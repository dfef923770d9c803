#include "crypto/box/scrypt.h"

#include <sodium.h>

namespace tocsin {

Result<SecretBytes> scrypt(BytesView passphrase, BytesView salt, int work) {
  constexpr std::uint32_t kBlocks = 8;
  constexpr std::uint32_t kLanes = 1;
  if (work < kLeastScryptWork || work > kMostScryptWork)
    return fail(kOutOfRange, "scrypt work", work);
  SecretBytes key = SecretBytes::zeros(32);
  const MutableBytes target = key.expose_mutable(kExpose);
  const int done = crypto_pwhash_scryptsalsa208sha256_ll(
      passphrase.data(), passphrase.size(), salt.data(), salt.size(), std::uint64_t{1} << work,
      kBlocks, kLanes, target.data(), target.size());
  if (done != 0) return fail(kNoMemory, "scrypt", work);
  return key;
}

}  // namespace tocsin

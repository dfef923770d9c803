#include "crypto/box/argon2.h"

#include <sodium.h>

namespace tocsin {

static_assert(Argon2Salt::kBytes == crypto_pwhash_argon2id_SALTBYTES);

Result<SecretBytes> argon2id(BytesView password, const Argon2Salt& salt, Argon2Cost cost,
                             std::size_t length) {
  constexpr std::uint32_t kLeastKibibytes = crypto_pwhash_argon2id_MEMLIMIT_MIN / 1024;
  if (length < crypto_pwhash_argon2id_BYTES_MIN || length > 64)
    return fail(kOutOfRange, "Argon2id length", static_cast<std::int64_t>(length));
  if (cost.memory_kibibytes < kLeastKibibytes || cost.passes < 1)
    return fail(kOutOfRange, "Argon2id cost", cost.memory_kibibytes);
  SecretBytes result = SecretBytes::zeros(length);
  const MutableBytes target = result.expose_mutable(kExpose);
  const int done = crypto_pwhash_argon2id(
      target.data(), target.size(), reinterpret_cast<const char*>(password.data()), password.size(),
      salt.view().data(), cost.passes, std::size_t{cost.memory_kibibytes} * 1024,
      crypto_pwhash_argon2id_ALG_ARGON2ID13);
  if (done != 0) return fail(kNoMemory, "Argon2id", cost.memory_kibibytes);
  return result;
}

}  // namespace tocsin

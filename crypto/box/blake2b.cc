#include <sodium.h>

#include "crypto/box/hash.h"

namespace tocsin {

void blake2b(BytesView key, std::initializer_list<BytesView> parts, MutableBytes digest) {
  crypto_generichash_blake2b_state state;
  // Lengths are the program's own; libsodium refuses only lengths out of range.
  if (crypto_generichash_blake2b_init(&state, key.data(), key.size(), digest.size()) != 0)
    std::abort();
  for (const BytesView part : parts)
    crypto_generichash_blake2b_update(&state, part.data(), part.size());
  crypto_generichash_blake2b_final(&state, digest.data(), digest.size());
  sodium_memzero(&state, sizeof state);
}

}  // namespace tocsin

// crypto/box/aead.h: XChaCha20-Poly1305-IETF.
//
// Source:  draft-irtf-cfrg-xchacha-03, as in libsodium
// Shape:   key 32 bytes, nonce 24, tag 16 appended
// Errors:  bad_ciphertext (one answer for every cause)
// Threads: values only
#pragma once

#include "crypto/base/bytes.h"
#include "crypto/keys/keys.h"

namespace tocsin {

inline constexpr std::size_t kAeadTagBytes = 16;

struct AeadParameters {
  BytesView key;  // 32 bytes
  Nonce nonce;
  BytesView associated;
};

// plaintext → ciphertext ‖ tag
Bytes seal(const AeadParameters& parameters, BytesView plaintext);
// The same into a place of exactly plaintext + 16 bytes.
void seal_into(const AeadParameters& parameters, BytesView plaintext, MutableBytes sealed);
// ciphertext ‖ tag → plaintext
Result<SecretBytes> open(const AeadParameters& parameters, BytesView sealed);
// The same into a place of exactly sealed - 16 bytes; on failure it holds nothing of the plaintext.
Status open_into(const AeadParameters& parameters, BytesView sealed, MutableBytes plaintext);

}  // namespace tocsin

// crypto/box/chacha.h: ChaCha20-Poly1305-IETF, for formats of others that use it. Ours use aead.h.
//
// Source:  RFC 8439 section 2.8, as in libsodium
// Shape:   key 32 bytes, nonce 12, no associated data, tag 16 appended
// Errors:  bad_ciphertext (one answer for every cause)
// Threads: values only
#pragma once

#include "crypto/base/bytes.h"
#include "crypto/base/strong.h"

namespace tocsin {

using ChaChaNonce = Fixed<struct ChaChaNonceTag, 12>;
inline constexpr std::size_t kChaChaTagBytes = 16;

struct ChaChaParameters {
  BytesView key;  // 32 bytes
  ChaChaNonce nonce;
};

// Into a place of exactly plaintext + 16 bytes.
void chacha_seal_into(const ChaChaParameters& parameters, BytesView plaintext, MutableBytes sealed);
// Into a place of exactly sealed - 16 bytes.
Status chacha_open_into(const ChaChaParameters& parameters, BytesView sealed,
                        MutableBytes plaintext);

}  // namespace tocsin

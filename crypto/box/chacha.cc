#include "crypto/box/chacha.h"

#include <sodium.h>

#include <cstdlib>

namespace tocsin {

static_assert(ChaChaNonce::kBytes == crypto_aead_chacha20poly1305_IETF_NPUBBYTES);
static_assert(kChaChaTagBytes == crypto_aead_chacha20poly1305_IETF_ABYTES);

namespace {

// Lengths are the program's own: a wrong one is a bug of ours.
void require(bool held) {
  if (!held) std::abort();
}

const std::uint8_t* key_of(const ChaChaParameters& parameters) {
  require(parameters.key.size() == crypto_aead_chacha20poly1305_IETF_KEYBYTES);
  return parameters.key.data();
}

}  // namespace

void chacha_seal_into(const ChaChaParameters& parameters, BytesView plaintext,
                      MutableBytes sealed) {
  require(sealed.size() == plaintext.size() + kChaChaTagBytes);
  crypto_aead_chacha20poly1305_ietf_encrypt(sealed.data(), nullptr, plaintext.data(),
                                            plaintext.size(), nullptr, 0, nullptr,
                                            parameters.nonce.view().data(), key_of(parameters));
}

Status chacha_open_into(const ChaChaParameters& parameters, BytesView sealed,
                        MutableBytes plaintext) {
  if (sealed.size() < kChaChaTagBytes)
    return fail(kBadCiphertext, "shorter than its tag", static_cast<std::int64_t>(sealed.size()));
  require(plaintext.size() == sealed.size() - kChaChaTagBytes);
  const int opened = crypto_aead_chacha20poly1305_ietf_decrypt(
      plaintext.data(), nullptr, nullptr, sealed.data(), sealed.size(), nullptr, 0,
      parameters.nonce.view().data(), key_of(parameters));
  if (opened != 0) return fail(kBadCiphertext, "ChaCha20-Poly1305");
  return {};
}

}  // namespace tocsin

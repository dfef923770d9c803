#include "crypto/box/aead.h"

#include <sodium.h>

#include <cstdlib>

namespace tocsin {
namespace {

const std::uint8_t* key_of(const AeadParameters& parameters) {
  if (parameters.key.size() != crypto_aead_xchacha20poly1305_ietf_KEYBYTES) std::abort();
  return parameters.key.data();
}

}  // namespace

Bytes seal(const AeadParameters& parameters, BytesView plaintext) {
  Bytes sealed(plaintext.size() + kAeadTagBytes);
  seal_into(parameters, plaintext, sealed);
  return sealed;
}

void seal_into(const AeadParameters& parameters, BytesView plaintext, MutableBytes sealed) {
  if (sealed.size() != plaintext.size() + kAeadTagBytes) std::abort();
  crypto_aead_xchacha20poly1305_ietf_encrypt(
      sealed.data(), nullptr, plaintext.data(), plaintext.size(), parameters.associated.data(),
      parameters.associated.size(), nullptr, parameters.nonce.view().data(), key_of(parameters));
}

Status open_into(const AeadParameters& parameters, BytesView sealed, MutableBytes plaintext) {
  if (sealed.size() < kAeadTagBytes) return fail(kBadCiphertext, "AEAD");
  if (plaintext.size() != sealed.size() - kAeadTagBytes) std::abort();
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          plaintext.data(), nullptr, nullptr, sealed.data(), sealed.size(),
          parameters.associated.data(), parameters.associated.size(),
          parameters.nonce.view().data(), key_of(parameters)) != 0) {
    return fail(kBadCiphertext, "AEAD");
  }
  return {};
}

Result<SecretBytes> open(const AeadParameters& parameters, BytesView sealed) {
  if (sealed.size() < kAeadTagBytes) return fail(kBadCiphertext, "AEAD");
  SecretBytes plaintext = SecretBytes::zeros(sealed.size() - kAeadTagBytes);
  TRY(open_into(parameters, sealed, plaintext.expose_mutable(kExpose)));
  return plaintext;
}

}  // namespace tocsin

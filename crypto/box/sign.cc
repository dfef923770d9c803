#include "crypto/box/sign.h"

#include <sodium.h>

namespace tocsin {
namespace {

// libsodium's 64-byte secret key (seed ‖ public) exists only while a call needs it.
class ExpandedKey {
 public:
  explicit ExpandedKey(const SigningSecret& secret) {
    crypto_sign_ed25519_seed_keypair(public_key_.mutable_view().data(), bytes_.data(),
                                     secret.expose(kExpose).data());
  }
  ExpandedKey(const ExpandedKey&) = delete;
  ExpandedKey& operator=(const ExpandedKey&) = delete;
  ~ExpandedKey() { wipe(bytes_); }
  const std::uint8_t* data() const { return bytes_.data(); }
  const SigningPublic& public_key() const { return public_key_; }

 private:
  std::array<std::uint8_t, crypto_sign_ed25519_SECRETKEYBYTES> bytes_{};
  SigningPublic public_key_;
};

Bytes with_domain(Label domain, std::initializer_list<BytesView> parts) {
  Bytes message = to_bytes(label_bytes(domain));
  for (const BytesView part : parts) message.insert(message.end(), part.begin(), part.end());
  return message;
}

}  // namespace

SigningPublic signing_public_of(const SigningSecret& secret) {
  return ExpandedKey(secret).public_key();
}

KeyPair<SigningPublic, SigningSecret> make_signing_pair(Rng& rng) {
  SigningSecret secret = SigningSecret::random(rng);
  const SigningPublic public_key = signing_public_of(secret);
  return {public_key, std::move(secret)};
}

Signature sign_bytes(const SigningSecret& secret, BytesView message) {
  const ExpandedKey key(secret);
  Signature signature;
  crypto_sign_ed25519_detached(signature.mutable_view().data(), nullptr, message.data(),
                               message.size(), key.data());
  return signature;
}

Status verify_bytes(const SigningPublic& key, BytesView message, const Signature& signature) {
  if (crypto_sign_ed25519_verify_detached(signature.view().data(), message.data(), message.size(),
                                          key.view().data()) != 0) {
    return fail(kBadSignature, "Ed25519");
  }
  return {};
}

Signature sign(const SigningSecret& secret, Label domain, std::initializer_list<BytesView> parts) {
  return sign_bytes(secret, with_domain(domain, parts));
}

Status verify(const SigningPublic& key, Label domain, std::initializer_list<BytesView> parts,
              const Signature& signature) {
  return verify_bytes(key, with_domain(domain, parts), signature);
}

Status check_signing_public(const SigningPublic& key) {
  if (crypto_core_ed25519_is_valid_point(key.view().data()) != 1)
    return fail(kBadKey, "Ed25519 public key");
  return {};
}

}  // namespace tocsin

#include "crypto/ratchet/identity.h"

#include "crypto/box/agree.h"
#include "crypto/ratchet/libsignal/context.h"
#include "crypto/ratchet/libsignal/errors.h"

namespace tocsin {

using namespace libsignal;

IdentityPair make_identity_pair(Rng& rng) {
  return make_x25519_pair<IdentityPublic, IdentitySecret>(rng);
}

IdentityPublic identity_public_of(const IdentitySecret& secret) {
  IdentityPublic public_key;
  x25519_public_of(secret.expose(kExpose), public_key.mutable_view());
  return public_key;
}

PrekeyPair make_prekey_pair(Rng& rng) { return make_x25519_pair<PrekeyPublic, PrekeySecret>(rng); }

Result<Signature> identity_sign_bytes(const IdentitySecret& secret, BytesView message, Rng& rng) {
  Context& context = *TRY(Context::of_this_thread());
  const auto key = TRY(private_key_of(secret.expose(kExpose)));
  Call call;
  call.rng = &rng;
  const CallScope scope(context, call);
  Buffer signature;
  TRY(local(curve_calculate_signature(context.library(), Out(signature), key.get(), message.data(),
                                      message.size()),
            "identity signature"));
  return Signature::from(view_of(signature.get()));
}

Status identity_verify_bytes(const IdentityPublic& key, BytesView message,
                             const Signature& signature) {
  TRY(check_x25519_public(key.view()));
  const auto decoded = TRY(public_key_of(key.view()));
  const BytesView bytes = signature.view();
  const int result = curve_verify_signature(decoded.get(), message.data(), message.size(),
                                            bytes.data(), bytes.size());
  TRY(local(result, "identity signature"));
  if (result != 1) return fail(kBadSignature, "identity signature");
  return {};
}

Result<Signature> identity_sign(const IdentitySecret& secret, const IdentityMessage& message,
                                Rng& rng) {
  return identity_sign_bytes(secret, concat({label_bytes(message.domain), message.message}), rng);
}

Status identity_verify(const IdentityPublic& key, const IdentityMessage& message,
                       const Signature& signature) {
  return identity_verify_bytes(key, concat({label_bytes(message.domain), message.message}),
                               signature);
}

Result<Signature> sign_prekey(const IdentitySecret& secret, const PrekeyPublic& prekey, Rng& rng) {
  return identity_sign_bytes(secret, serialized_key(prekey.view()), rng);
}

Status verify_prekey(const IdentityPublic& key, const PrekeyPublic& prekey,
                     const Signature& signature) {
  return identity_verify_bytes(key, serialized_key(prekey.view()), signature);
}

}  // namespace tocsin

// crypto/ratchet/identity.h: identity keys, prekeys and libsignal's signatures by them.
//
// Spec:    protocol/spec/inner.md INN-7
// Source:  libsignal-protocol-c 2.3.3 curve.h; the XEdDSA specification describes the idea,
//          libsignal's form keeps the sign bit of the Edwards key in the top bit of the signature
// Errors:  bad_signature, bad_key (non-canonical or low order), cannot_now (local fault)
// Threads: values only
// Cost:    about 60 us each way
#pragma once

#include "crypto/base/rng.h"
#include "crypto/box/labels.h"
#include "crypto/keys/keys.h"

namespace tocsin {

using IdentityPair = KeyPair<IdentityPublic, IdentitySecret>;
using PrekeyPair = KeyPair<PrekeyPublic, PrekeySecret>;

IdentityPair make_identity_pair(Rng& rng);
IdentityPublic identity_public_of(const IdentitySecret& secret);
PrekeyPair make_prekey_pair(Rng& rng);

// Over the bytes as they are: the caller frames them (for domains use the forms with a Label).
Result<Signature> identity_sign_bytes(const IdentitySecret& secret, BytesView message, Rng& rng);
Status identity_verify_bytes(const IdentityPublic& key, BytesView message,
                             const Signature& signature);

// Over label ‖ message, e.g. the identity proof: Label::kIdentity over SIG.
struct IdentityMessage {
  Label domain;
  BytesView message;
};
Result<Signature> identity_sign(const IdentitySecret& secret, const IdentityMessage& message,
                                Rng& rng);
Status identity_verify(const IdentityPublic& key, const IdentityMessage& message,
                       const Signature& signature);

// The spkSig of a card: over 0x05 ‖ prekey, as X3DH and libsignal's bundle check want it.
Result<Signature> sign_prekey(const IdentitySecret& secret, const PrekeyPublic& prekey, Rng& rng);
Status verify_prekey(const IdentityPublic& key, const PrekeyPublic& prekey,
                     const Signature& signature);

}  // namespace tocsin

// crypto/box/sign.h: Ed25519 signatures bound to a domain.
//
// Source:  RFC 8032, libsodium's strict verification (non-canonical S and small-order keys refused)
// Errors:  bad_signature, bad_key
// Threads: values only
#pragma once

#include "crypto/box/labels.h"
#include "crypto/keys/keys.h"

namespace tocsin {

// The pair of a 32-byte seed.
KeyPair<SigningPublic, SigningSecret> make_signing_pair(Rng& rng);
SigningPublic signing_public_of(const SigningSecret& secret);

// Signature over label ‖ parts. For DSSE (whose own framing is the domain) see sign_bytes.
Signature sign(const SigningSecret& secret, Label domain, std::initializer_list<BytesView> parts);
Status verify(const SigningPublic& key, Label domain, std::initializer_list<BytesView> parts,
              const Signature& signature);

// Raw Ed25519 over bytes that carry their own domain (DSSE's pre-authentication encoding).
Signature sign_bytes(const SigningSecret& secret, BytesView message);
Status verify_bytes(const SigningPublic& key, BytesView message, const Signature& signature);

// A key a signature can be checked with: canonical, on the curve, not of small order. Distinctness
// of signers is by equality of keys that passed this.
Status check_signing_public(const SigningPublic& key);

}  // namespace tocsin

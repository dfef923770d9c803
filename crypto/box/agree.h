// crypto/box/agree.h: X25519 key pairs and agreement.
//
// Source:  RFC 7748
// Errors:  bad_key (low-order or non-canonical public key: trap S8)
// Threads: values only
#pragma once

#include "crypto/keys/keys.h"

namespace tocsin {

// A public key as RFC 7748 writes it: below 2^255 - 19, top bit clear, not of low order.
Status check_x25519_public(BytesView public_key);

void x25519_public_of(BytesView secret, MutableBytes public_key);
Result<AgreedSecret> x25519_agree(BytesView secret, BytesView public_key);

// A fresh pair of any role: `make_x25519_pair<OwnerPublic, OwnerSecret>(rng)`.
template <class Public, class SecretHalf>
KeyPair<Public, SecretHalf> make_x25519_pair(Rng& rng) {
  KeyPair<Public, SecretHalf> pair{{}, SecretHalf::random(rng)};
  x25519_public_of(pair.secret.expose(kExpose), pair.public_key.mutable_view());
  return pair;
}

}  // namespace tocsin

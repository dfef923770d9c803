// crypto/kem/kem.h: sntrup761, the post-quantum half of every key agreement.
//
// Spec:    protocol/spec/session.md SES-1 (sizes); traps K1, K4
// Source:  NTRU Prime round 3, streamlined, parameter set 761, as in libntruprime
// Shape:   public 1,158 B, secret 1,763 B, ciphertext 1,039 B, shared 32 B
// Secrets: KemSecret, KemShared
// Errors:  none: a corrupt ciphertext gives another key (K1); it shows when the seal does not open
// Threads: safe from any thread, each with its own Rng
// Cost:    pair 0.24 ms, encapsulate and decapsulate 0.02 ms
#pragma once

#include "crypto/keys/keys.h"

namespace tocsin {

using KemPair = KeyPair<KemPublic, KemSecret>;

struct KemEncapsulation {
  KemCiphertext ciphertext;
  KemShared shared;
};

// The same Rng state gives the same pair and the same encapsulation, on every machine.
KemPair make_kem_pair(Rng& rng);
KemEncapsulation kem_encapsulate(const KemPublic& public_key, Rng& rng);
// Bind public key and ciphertext into whatever is derived from the result (K2).
KemShared kem_decapsulate(const KemSecret& secret, const KemCiphertext& ciphertext);

}  // namespace tocsin

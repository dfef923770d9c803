// crypto/age/age.h: whole age files, streamed: for whom others use age.
//
// Source:  C2SP age.md (age-encryption.org/v1): X25519 recipients and passphrases
// Shape:   in   any length, in pieces of any size
//          out  to a sink, in order; an age file is whole only after finish() succeeded
// Secrets: the file key, dropped once the payload key is derived
// Errors:  malformed, too_large, bad_key (header); bad_signature (its MAC); no_recipient;
//          bad_ciphertext (payload); no_memory (scrypt); out_of_range (for nobody, an empty
//          passphrase, another work than scrypt's); the sink's; machine.h's
// Threads: one object, one thread
// Cost:    at most kMostHeaderBytes and two chunks of memory; scrypt's while a passphrase is tried
#pragma once

#include <optional>

#include "crypto/age/keys.h"
#include "crypto/age/payload.h"
#include "crypto/age/wrap.h"

namespace tocsin::age {

class Sealer {
 public:
  // For everybody named: at least one, and no more than a header has room for (too_large). The
  // header is in the sink before this returns.
  static Result<Sealer> create(const std::vector<Recipient>& recipients, Rng& rng, Sink sink);
  // For whoever knows the passphrase.
  static Result<Sealer> create(const Passphrase& passphrase, Rng& rng, Sink sink);

  Status update(BytesView plaintext) { return payload_.update(plaintext); }
  Status finish() { return payload_.finish(); }

 private:
  explicit Sealer(PayloadSealer payload) : payload_(std::move(payload)) {}
  static Result<Sealer> begin(const FileKey& key, const std::vector<Stanza>& stanzas, Rng& rng,
                              Sink sink);
  PayloadSealer payload_;
};

struct Keys {
  std::vector<Identity> identities;
  std::optional<SecretBytes> passphrase;
};

// What opens the payload, and where in the file it begins.
struct Front {
  PayloadKey key;
  std::size_t bytes = 0;
};
// From a whole header and nonce; what follows them is not looked at.
Result<Front> open_front(BytesView front, const Keys& keys);

class Opener {
 public:
  Opener(Keys keys, Sink sink);
  Status update(BytesView sealed);
  Status finish();

 private:
  Status take(BytesView sealed);
  Status read_front();
  Latch latch_;
  Keys keys_;
  Sink sink_;
  Bytes front_;  // as much as a header and a nonce can be; then it is read, once
  std::optional<PayloadOpener> payload_;
};

}  // namespace tocsin::age

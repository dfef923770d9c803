// crypto/age/wrap.h: a file key for one recipient or passphrase, in a stanza.
//
// Source:  C2SP age.md, "The X25519 recipient type", "The scrypt recipient type"
// Secrets: the file key; the key it is wrapped under, wiped
// Errors:  malformed, bad_key (a stanza that nobody honest wrote); too_large (its work); no_memory,
//          out_of_range (scrypt; an empty passphrase)
// Threads: values only
// Cost:    one X25519 a stanza and identity; scrypt: see crypto/box/scrypt.h
#pragma once

#include "crypto/age/header.h"
#include "crypto/age/keys.h"
#include "crypto/age/limits.h"

namespace tocsin::age {

Result<Stanza> wrap_for(const FileKey& key, const Recipient& recipient, Rng& rng);
struct Passphrase {
  const SecretBytes& text;  // at least one byte
  int work = kScryptWork;   // the logarithm to base two of scrypt's cost
};
Result<Stanza> wrap_under(const FileKey& key, const Passphrase& passphrase, Rng& rng);

// Nothing: no stanza is for this identity, or the passphrase is another.
Result<std::optional<FileKey>> unwrap_by(const std::vector<Stanza>& stanzas,
                                         const Identity& identity);
Result<std::optional<FileKey>> unwrap_by(const std::vector<Stanza>& stanzas,
                                         const SecretBytes& passphrase);

}  // namespace tocsin::age

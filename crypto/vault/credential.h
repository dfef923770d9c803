// crypto/vault/credential.h: what a person opens a vault with: a text or a key file.
//
// Spec:    protocol/spec/vault.md VLT-6
// Shape:   text 1 … 1,024 B of UTF-8; key file exactly 32 B
// Secrets: both
// Errors:  malformed (empty text), too_large
// Threads: values only
#pragma once

#include <variant>

#include "crypto/vault/limits.h"

namespace tocsin {

class Credential {
 public:
  // A passphrase, recovery words or digits as typed. Seven words of the list and 24 digits are
  // taken in any case and grouping; any other text is taken byte for byte.
  static Result<Credential> from_text(const SecretBytes& typed);
  static Credential from_key_file(VaultKeyFile key_file) { return Credential(std::move(key_file)); }

  bool is_key_file() const { return std::holds_alternative<VaultKeyFile>(value_); }
  BytesView expose(ExposeToken) const;

 private:
  explicit Credential(std::variant<SecretBytes, VaultKeyFile> value) : value_(std::move(value)) {}
  std::variant<SecretBytes, VaultKeyFile> value_;
};

// Seven words with a space between: 77 bits. To be shown once and typed back.
SecretBytes make_passphrase_words(Rng& rng);
// 24 digits in groups of four, for keyboards without Latin letters.
SecretBytes make_passphrase_digits(Rng& rng);

}  // namespace tocsin

// crypto/age/keys.h: who an age file is for, and what opens it.
//
// Source:  C2SP age.md, "The X25519 recipient type"
// Shape:   age1… (public), AGE-SECRET-KEY-1… (private)
// Errors:  malformed, bad_key
// Threads: values only
#pragma once

#include <vector>

#include "crypto/base/strong.h"
#include "crypto/keys/secret.h"

namespace tocsin::age {

using Recipient = Fixed<struct AgeRecipientTag, 32>;
using Identity = Secret<struct AgeIdentityTag, 32>;

Identity make_identity(Rng& rng);
Recipient recipient_of(const Identity& identity);

std::string recipient_text(const Recipient& recipient);
Result<Recipient> parse_recipient(std::string_view text);

SecretBytes identity_text(const Identity& identity);
Result<Identity> parse_identity(std::string_view text);
// A file as age-keygen writes it: one key a line; empty lines and those that begin with # are
// passed over. At least one key.
Result<std::vector<Identity>> parse_identity_file(std::string_view text);

}  // namespace tocsin::age

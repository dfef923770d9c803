// crypto/box/argon2.h: Argon2id, the hash for passwords.
//
// Source:  RFC 9106, version 1.3, one lane, as in libsodium
// Shape:   password of any length, salt 16 B, result 16 … 64 B
// Errors:  out_of_range (cost), no_memory (the machine cannot give what the cost asks for)
// Threads: any
// Cost:    memory_kibibytes of memory; 0.43 s at 256 MiB and three passes
#pragma once

#include "crypto/keys/keys.h"

namespace tocsin {

using Argon2Salt = Fixed<struct Argon2SaltTag, 16>;

struct Argon2Cost {
  std::uint32_t memory_kibibytes = 0;
  std::uint32_t passes = 0;
  friend constexpr bool operator==(const Argon2Cost&, const Argon2Cost&) = default;
};

// Who takes a cost from outside bounds it first: this runs whatever memory allows.
Result<SecretBytes> argon2id(BytesView password, const Argon2Salt& salt, Argon2Cost cost,
                             std::size_t length);

}  // namespace tocsin

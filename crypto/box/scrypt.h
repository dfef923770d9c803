// crypto/box/scrypt.h: scrypt, for files of others that are opened by a passphrase. Ours use
// Argon2id.
//
// Source:  RFC 7914, r = 8, p = 1, as in libsodium
// Errors:  out_of_range (work), no_memory
// Threads: any
// Cost:    2^work · 1,024 bytes of memory
#pragma once

#include "crypto/keys/secret.h"

namespace tocsin {

inline constexpr int kLeastScryptWork = 1;
// 1 GiB. What is in a file was chosen by a stranger, and must not take the machine down.
inline constexpr int kMostScryptWork = 20;

// 32 bytes; `work` is the logarithm to base two of RFC 7914's N.
Result<SecretBytes> scrypt(BytesView passphrase, BytesView salt, int work);

}  // namespace tocsin

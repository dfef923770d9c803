// crypto/age/limits.h: every number of crypto/age, with unit and reason.
//
// Threads: constants
#pragma once

#include <cstddef>

namespace tocsin::age {

inline constexpr std::size_t kChunkBytes = 65'536;  // the format's
inline constexpr std::size_t kSealedChunkBytes = kChunkBytes + 16;
inline constexpr std::size_t kNonceBytes = 16;      // front of a payload
inline constexpr std::size_t kSaltBytes = 16;       // of a passphrase's stanza
inline constexpr std::size_t kBodyBytes = 16 + 16;  // a file key under its tag
inline constexpr std::size_t kColumns = 64;         // of a stanza's body and of armor

// A header comes before anything of it is authenticated. A recipient takes some 120 bytes, a
// post-quantum one 1,600; 64 KiB hold as many as anybody names.
inline constexpr std::size_t kMostHeaderBytes = 65'536;
// Blank space around armor: forgiven, within reason.
inline constexpr std::size_t kMostBlankBytes = 1'024;

// What a file sealed here asks of who opens it: 256 MiB and some tenths of a second.
inline constexpr int kScryptWork = 18;

}  // namespace tocsin::age

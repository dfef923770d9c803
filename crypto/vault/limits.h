// crypto/vault/limits.h: the bounds of a vault.
//
// Spec:    protocol/spec/vault.md VLT-2 … VLT-6
// Threads: values only
#pragma once

#include "crypto/base/words.h"
#include "crypto/box/aead.h"
#include "crypto/box/argon2.h"

namespace tocsin {

// What Argon2id costs at least (0.43 s on a slow core). A key file that asks for less is refused,
// so nobody can make a person's passphrase cheaper to guess by editing it.
inline constexpr Argon2Cost kLeastVaultCost{.memory_kibibytes = 256 * 1024, .passes = 3};
// What a key file may ask for at most: a file somebody swapped must not stall the machine.
inline constexpr Argon2Cost kMostVaultCost{.memory_kibibytes = 4 * 1024 * 1024, .passes = 16};

inline constexpr std::size_t kVaultSlots = 8;
inline constexpr std::size_t kMaxPassphraseBytes = 1024;

// vault.keys: header, eight slots, table; bytes.
inline constexpr std::size_t kVaultHeaderBytes = 64;
inline constexpr std::size_t kSlotCommitmentBytes = 32;  // zeros: a slot opens under one key only
inline constexpr std::size_t kSlotPlainBytes = kSlotCommitmentBytes + 1 + 7 + 32;
inline constexpr std::size_t kSlotBytes = Nonce::kBytes + kSlotPlainBytes + kAeadTagBytes;
inline constexpr std::size_t kSlotTableBytes = Nonce::kBytes + kVaultSlots + kAeadTagBytes;
inline constexpr std::size_t kVaultKeysBytes =
    kVaultHeaderBytes + kVaultSlots * kSlotBytes + kSlotTableBytes;
static_assert(kSlotBytes == 112 && kSlotTableBytes == 48 && kVaultKeysBytes == 1008);

// Generated passphrases: at least 77 bits each.
inline constexpr std::size_t kPassphraseWords = 7;
inline constexpr std::size_t kPassphraseDigits = 24;  // 79.7 bits
static_assert(kPassphraseWords * kWordBits == 77);

}  // namespace tocsin

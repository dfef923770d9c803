// crypto/ratchet/fingerprint.h: what two people compare: 60 digits, or six words per party.
//
// Spec:    protocol/spec/inner.md INN-8
// Source:  libsignal-protocol-c 2.3.3 fingerprint.h, 5,200 iterations
// Errors:  bad_key, cannot_now (local fault)
// Threads: values only
// Cost:    about 4 ms per call: iterated on purpose
#pragma once

#include <array>
#include <string>

#include "crypto/base/words.h"
#include "crypto/keys/keys.h"

namespace tocsin {

inline constexpr std::size_t kSafetyDigits = 60;
inline constexpr std::size_t kVerificationWords = 6;

// 60 decimal digits, the same for both parties (the smaller half first).
Result<std::string> safety_number(const IdentityPublic& own, const IdentityPublic& peer);
// One party's 30 digits of it.
Result<std::string> safety_half(const IdentityPublic& party);
// One party's six words, e.g. to read over the telephone.
Result<std::array<std::string, kVerificationWords>> verification_words(const IdentityPublic& party);

// The word of an 11-bit number, below kWordCount: those of crypto/base/words.h.
inline std::string verification_word(std::uint32_t number) { return word_of(number); }

}  // namespace tocsin

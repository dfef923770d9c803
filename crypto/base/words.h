// crypto/base/words.h: 2,048 pronounceable words of five letters: eleven bits each.
//
// Spec:    protocol/spec/vault.md VLT-6
// Shape:   consonant, vowel, consonant, vowel, consonant out of "bdklmnrs" and "ai",
//          most significant bits first: 3 + 1 + 3 + 1 + 3
// Errors:  none: what is no word has no number
// Threads: values only
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tocsin {

inline constexpr std::size_t kWordLetters = 5;
inline constexpr std::uint32_t kWordCount = 2048;
inline constexpr std::size_t kWordBits = 11;

// The word of a number below kWordCount.
std::string word_of(std::uint32_t number);
// The number of a word in lower case.
std::optional<std::uint32_t> number_of_word(std::string_view word);

}  // namespace tocsin

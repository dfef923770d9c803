// protocol/alert/unicode.h: the few classes of characters that plain text and names need.
//
// Spec:    protocol/spec/alert.md ALT-4
// Shape:   ranges chosen by hand from Unicode 15; coarse where coarse is harmless
// Threads: values only
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tocsin {

// Strict UTF-8 (no surrogates, no overlong forms); nothing when it is not.
std::optional<std::u32string> decode_utf8(std::string_view text);
// The same, every byte that fits nothing becoming U+FFFD.
std::u32string decode_utf8_leniently(std::string_view text);
void append_utf8(std::string& target, char32_t point);
std::size_t utf8_length(char32_t point);

// Control, bidi, invisible, private-use, tag and noncharacters, and U+FFFD: never in plain text.
// U+200C and U+200D, which scripts of South Asia and Persian need, are not among them.
bool is_forbidden(char32_t point);
// Marks and joiners that add to the letter before them.
bool is_combining(char32_t point);
// At most this many in a row: enough for every language of the catalogue.
inline constexpr int kMaxCombiningRun = 4;

bool is_right_to_left(char32_t point);
// Letters outside ASCII are told apart from punctuation only as well as link detection needs.
bool is_letter(char32_t point);
bool is_digit(char32_t point);
char32_t ascii_lower(char32_t point);

}  // namespace tocsin

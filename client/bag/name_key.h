// client/bag/name_key.h: names that people and some systems take for the same.
//
// Source:  Unicode canonical decomposition and case folding (UAX #15, #21), by utf8proc
// Shape:   UTF-8 in, UTF-8 out; a name that is not UTF-8 is kept
// Threads: values only
#pragma once

#include <string>
#include <string_view>

namespace tocsin::bag {

// Strict: no surrogates, nothing longer than it must be.
bool is_utf8(std::string_view text);

// Letters with accents taken apart: equal for the composed and the decomposed spelling.
std::string canonical_name(std::string_view name);
// The same, and without the difference between capitals and small letters.
std::string folded_name(std::string_view name);

}  // namespace tocsin::bag

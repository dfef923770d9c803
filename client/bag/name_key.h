// client/bag/name_key.h: names that people and some systems take for the same.
//
// Source:  Unicode canonical decomposition (UAX #15), without reordering of marks
// Shape:   UTF-8 in, UTF-8 out; bytes that are not UTF-8 are kept
// Threads: values only
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tocsin::bag {

// Strict: no surrogates, nothing longer than it must be.
bool is_utf8(std::string_view text);

// Letters with accents taken apart: equal for the composed and the decomposed spelling. Marks stay
// in their order, so that a rare name with two marks is at worst not recognised.
std::string canonical_name(std::string_view name);
// The same, and without the difference between capitals and small letters (Latin, Greek, Cyrillic).
std::string folded_name(std::string_view name);

}  // namespace tocsin::bag

// protocol/alert/lookalike.h: names that a hurried reader would take for one another.
//
// Spec:    protocol/spec/charter.md CHA-8
// Shape:   a small documented skeleton, not Unicode's full confusables table
// Threads: values only
#pragma once

#include <string>
#include <string_view>

namespace tocsin {

// Case, marks, spaces, punctuation and common look-alike letters removed.
std::u32string name_skeleton(std::string_view name);

// Equal skeletons, or skeletons of six and more letters one slip apart.
bool names_look_alike(std::string_view a, std::string_view b);

}  // namespace tocsin

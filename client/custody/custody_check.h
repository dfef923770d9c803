// client/custody/custody_check.h: how somebody without Tocsin checks a custody log: a text that is
// a shell script as well.
//
// Spec:    protocol/spec/custody.md CUS-4.5
// Shape:   the same bytes for every case: nothing that a person wrote stands in a command
// Threads: any
#pragma once

#include <string_view>

namespace tocsin {

inline constexpr std::string_view kCustodyCheckFile = "VERIFY.txt";
std::string_view custody_check_script();

}  // namespace tocsin

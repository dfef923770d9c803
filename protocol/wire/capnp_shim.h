// protocol/wire/capnp_shim.h: lets Cap'n Proto 0.9's headers compile as C++20 and later (trap C8).
//
// Shape:   include before any Cap'n Proto header; only the codec does
#pragma once

#include <kj/string.h>

// Its own overloads are left out for C++20 in the belief that the reversed member would serve;
// blob.h then compares a const char* with a StringPtr, which clang refuses.
namespace kj {
inline bool operator==(const char* a, const StringPtr& b) { return b.operator==(StringPtr(a)); }
inline bool operator!=(const char* a, const StringPtr& b) { return !(a == b); }
}  // namespace kj

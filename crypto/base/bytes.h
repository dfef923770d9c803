// crypto/base/bytes.h: byte views, byte strings and their text forms.
//
// Shape:   BytesView  borrowed, read-only; MutableBytes borrowed, writable; Bytes owned
// Errors:  malformed (text that is not canonical hex or base64)
// Threads: values only
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/result.h"

namespace tocsin {

using BytesView = std::span<const std::uint8_t>;
using MutableBytes = std::span<std::uint8_t>;
using Bytes = std::vector<std::uint8_t>;

// The bytes of a text, borrowed.
inline BytesView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(BytesView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline Bytes to_bytes(BytesView view) { return Bytes(view.begin(), view.end()); }

// The parts, one after the other.
Bytes concat(std::initializer_list<BytesView> parts);

// Copies `source` to the front of `target`; both lengths must agree (an assertion, never input).
void copy_exact(BytesView source, MutableBytes target);

// Overwrites with zeros in a way the optimiser keeps.
void wipe(MutableBytes bytes);

// Equality in time independent of the content; different lengths are unequal at once.
bool equal_in_constant_time(BytesView a, BytesView b);

// True when every byte is zero, in time independent of the content.
bool is_all_zero(BytesView bytes);

// Lower-case hexadecimal, and back (accepts lower case only: one value, one text).
std::string to_hex(BytesView bytes);
Result<Bytes> from_hex(std::string_view text);

// Base64url without padding (RFC 4648 section 5), and back; refuses padding and non-zero trailing
// bits.
std::string to_base64url(BytesView bytes);
Result<Bytes> from_base64url(std::string_view text);

// The other alphabet (RFC 4648 section 4), for formats of others; the same strictness.
enum class Base64Padding : std::uint8_t { kNone, kWith };
std::string to_base64(BytesView bytes, Base64Padding padding);
Result<Bytes> from_base64(std::string_view text, Base64Padding padding);

}  // namespace tocsin

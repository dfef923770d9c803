// crypto/base/strong.h: public fixed-length values whose types do not mix.
//
// Shape:   Fixed<Tag, N> is exactly N public bytes; for secrets see crypto/keys/secret.h
// Errors:  malformed (wrong length)
// Threads: values only
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstring>
#include <functional>

#include "crypto/base/bytes.h"
#include "crypto/base/codes.h"

namespace tocsin {

template <class Tag, std::size_t N>
class Fixed {
 public:
  static constexpr std::size_t kBytes = N;

  constexpr Fixed() = default;
  explicit constexpr Fixed(const std::array<std::uint8_t, N>& bytes) : bytes_(bytes) {}

  static Result<Fixed> from(BytesView bytes) {
    if (bytes.size() != N)
      return fail(kMalformed, "fixed-length value", static_cast<std::int64_t>(bytes.size()));
    Fixed value;
    std::copy(bytes.begin(), bytes.end(), value.bytes_.begin());
    return value;
  }

  constexpr BytesView view() const { return bytes_; }
  constexpr MutableBytes mutable_view() { return bytes_; }
  bool is_zero() const { return is_all_zero(bytes_); }

  friend constexpr auto operator<=>(const Fixed&, const Fixed&) = default;

 private:
  std::array<std::uint8_t, N> bytes_{};
};

// For unordered containers keyed by values an attacker cannot choose (digests, random ids).
struct FixedHash {
  template <class Tag, std::size_t N>
  std::size_t operator()(const Fixed<Tag, N>& value) const {
    static_assert(N >= sizeof(std::size_t));
    std::size_t hash = 0;
    std::memcpy(&hash, value.view().data(), sizeof hash);
    return hash;
  }
};

// An integer that only its own kind compares with.
template <class Tag, class Integer>
struct Strong {
  Integer value{};
  friend constexpr auto operator<=>(const Strong&, const Strong&) = default;
};

}  // namespace tocsin

// crypto/base/result.h: every failure is a value: a stable code, a literal place, a number.
//
// Shape:   Result<T> is T or Error; Error never carries a user's bytes
// Threads: values only
#pragma once

#include <cstdint>
#include <expected>
#include <type_traits>
#include <utility>

namespace tocsin {

// Stable numbers; each room owns a block and names its values in its own codes.h:
// crypto 1000, protocol 2000, relay 3000, client 4000. protocol/spec/errors.md lists them all.
enum class Code : std::uint16_t {};

struct [[nodiscard]] Error {
  Code code{};
  const char* where = "";   // a string literal: which step failed
  std::int64_t detail = 0;  // a number that helps (a library's code, a length), never content
};
static_assert(std::is_trivially_copyable_v<Error>);

template <class T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

// What a function returns when it fails: `return fail(kMalformed, "cell size", size);`
constexpr std::unexpected<Error> fail(Code code, const char* where, std::int64_t detail = 0) {
  return std::unexpected(Error{code, where, detail});
}
constexpr std::unexpected<Error> fail(Error error) { return std::unexpected(error); }

}  // namespace tocsin

#define TOCSIN_JOIN_INNER(a, b) a##b
#define TOCSIN_JOIN(a, b) TOCSIN_JOIN_INNER(a, b)
#define TOCSIN_TRY(name, expression)        \
  __extension__({                           \
    auto&& name = (expression);             \
    if (!name.has_value()) [[unlikely]] {   \
      return std::unexpected(name.error()); \
    }                                       \
    *std::forward<decltype(name)>(name);    \
  })

// The value of a Result or of any other std::expected, or return its error from the enclosing
// function: `auto card = TRY(decode_card(bytes));`, `TRY(store.commit(batch));`
// Never behind another initialiser in braces: g++ 12 then leaks what the list has built, unwiped
// (tests/arch/try_in_braces.py).
#define TRY(expression) TOCSIN_TRY(TOCSIN_JOIN(try_result_, __COUNTER__), expression)

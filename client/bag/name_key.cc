#include "client/bag/name_key.h"

#include <utf8proc.h>

#include <cstdint>
#include <cstdlib>
#include <memory>

namespace tocsin::bag {
namespace {

struct Free {
  void operator()(utf8proc_uint8_t* each) const { std::free(each); }  // NOLINT: utf8proc's own
};

const utf8proc_uint8_t* bytes_of(std::string_view text) {
  return reinterpret_cast<const utf8proc_uint8_t*>(text.data());
}

std::string mapped(std::string_view name, int options) {
  if (!is_utf8(name)) return std::string(name);
  utf8proc_uint8_t* made = nullptr;
  const utf8proc_ssize_t length =
      utf8proc_map(bytes_of(name), static_cast<utf8proc_ssize_t>(name.size()), &made,
                   static_cast<utf8proc_option_t>(options));
  const std::unique_ptr<utf8proc_uint8_t, Free> owned(made);
  if (length < 0) return std::string(name);
  return {reinterpret_cast<const char*>(made), static_cast<std::size_t>(length)};
}

constexpr int kApart = UTF8PROC_STABLE | UTF8PROC_DECOMPOSE;

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    utf8proc_int32_t letter = 0;
    const utf8proc_ssize_t bytes =
        utf8proc_iterate(bytes_of(text), static_cast<utf8proc_ssize_t>(text.size()), &letter);
    if (bytes <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(bytes));
  }
  return true;
}

std::string canonical_name(std::string_view name) { return mapped(name, kApart); }
std::string folded_name(std::string_view name) { return mapped(name, kApart | UTF8PROC_CASEFOLD); }

}  // namespace tocsin::bag

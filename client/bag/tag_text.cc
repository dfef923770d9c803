#include "client/bag/tag_text.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include "client/bag/name_key.h"

namespace tocsin::bag {
namespace {

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";

struct Encoding {
  std::string_view name;
  const char* iconv_name;  // null: what UTF-8 is already
};
constexpr std::array kEncodings{
    Encoding{"UTF-8", nullptr},
    Encoding{"US-ASCII", "US-ASCII"},
    Encoding{"ASCII", "US-ASCII"},
    Encoding{"ISO-8859-1", "ISO-8859-1"},
    Encoding{"ISO-8859-15", "ISO-8859-15"},
    Encoding{"windows-1252", "WINDOWS-1252"},
    Encoding{"UTF-16", "UTF-16"},
    Encoding{"UTF-16BE", "UTF-16BE"},
    Encoding{"UTF-16LE", "UTF-16LE"},
    Encoding{"UTF-32", "UTF-32"},
    Encoding{"UTF-32BE", "UTF-32BE"},
    Encoding{"UTF-32LE", "UTF-32LE"},
};

const Encoding* encoding_named(std::string_view name) {
  for (const Encoding& each : kEncodings) {
    if (same_label(each.name, name)) return &each;
  }
  return nullptr;
}

// Without a mark these are big-endian (RFC 2781 section 4.3); iconv would take this machine's
// order.
std::string_view iconv_name_for(const Encoding& encoding, std::string_view bytes) {
  const std::string_view name = encoding.iconv_name;
  const bool has_mark16 = bytes.starts_with("\xFE\xFF") || bytes.starts_with("\xFF\xFE");
  const bool has_mark32 = bytes.starts_with(std::string_view("\0\0\xFE\xFF", 4)) ||
                          bytes.starts_with(std::string_view("\xFF\xFE\0\0", 4));
  if (name == "UTF-16" && !has_mark16) return "UTF-16BE";
  if (name == "UTF-32" && !has_mark32) return "UTF-32BE";
  return name;
}

struct IconvClose {
  void operator()(void* handle) const { ::iconv_close(handle); }
};

std::optional<std::string> convert(std::string bytes, std::string_view from) {
  const iconv_t opened = ::iconv_open("UTF-8", std::string(from).c_str());
  if (opened == reinterpret_cast<iconv_t>(-1)) return std::nullopt;  // NOLINT
  const std::unique_ptr<void, IconvClose> handle(opened);
  std::string text;
  std::array<char, 4096> room{};
  char* in = bytes.data();
  for (std::size_t left = bytes.size(); left > 0;) {
    char* out = room.data();
    std::size_t free = room.size();
    const std::size_t done = ::iconv(handle.get(), &in, &left, &out, &free);
    text.append(room.data(), room.size() - free);
    if (done == static_cast<std::size_t>(-1) && errno != E2BIG) return std::nullopt;
  }
  return text;
}

}  // namespace

bool is_known_encoding(std::string_view name) { return encoding_named(name) != nullptr; }

std::optional<TagText> decode_tag_text(std::string bytes, std::string_view name) {
  const Encoding* encoding = encoding_named(name);
  if (encoding == nullptr) return std::nullopt;
  std::optional<std::string> utf8;
  if (encoding->iconv_name != nullptr) {
    const std::string_view from = iconv_name_for(*encoding, bytes);
    utf8 = convert(std::move(bytes), from);
  } else if (is_utf8(bytes)) {
    utf8 = std::move(bytes);
  }
  if (!utf8.has_value()) return std::nullopt;
  TagText text{.utf8 = std::move(*utf8)};
  text.had_mark = text.utf8.starts_with(kUtf8Mark);
  if (text.had_mark) text.utf8.erase(0, kUtf8Mark.size());
  return text;
}

std::optional<std::string_view> take_line(std::string_view& rest) {
  if (rest.empty()) return std::nullopt;
  const std::size_t end = rest.find_first_of("\r\n");
  const std::string_view line = rest.substr(0, end);
  if (end == std::string_view::npos) {
    rest = {};
  } else {
    rest.remove_prefix(end + (rest.substr(end, 2) == "\r\n" ? 2 : 1));
  }
  return line;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool same_label(std::string_view one, std::string_view other) {
  const auto small = [](char sign) {
    return sign >= 'A' && sign <= 'Z' ? static_cast<char>(sign - 'A' + 'a') : sign;
  };
  return std::ranges::equal(one, other, [&](char a, char b) { return small(a) == small(b); });
}

}  // namespace tocsin::bag

#include "protocol/wire/host.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <vector>

#include "crypto/base/codes.h"
#include "protocol/limits.h"

namespace tocsin {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

bool is_ipv4(std::string_view host) {
  const auto octets = split(host, '.');
  return octets.size() == 4 && std::ranges::all_of(octets, [](std::string_view octet) {
           if (octet.empty() || octet.size() > 3 || !std::ranges::all_of(octet, is_digit))
             return false;
           if (octet.size() > 1 && octet.front() == '0') return false;
           unsigned value = 0;
           std::from_chars(octet.data(), octet.data() + octet.size(), value);
           return value <= 255;
         });
}

using Groups = std::array<std::uint16_t, 8>;

// Groups of hexadecimal digits, at most one "::"; nothing about spelling yet.
bool parse_ipv6(std::string_view host, Groups& groups) {
  const std::size_t gap = host.find("::");
  const bool has_gap = gap != std::string_view::npos;
  std::vector<std::string_view> front;
  std::vector<std::string_view> back;
  const std::string_view before = host.substr(0, gap);
  if (!before.empty()) front = split(before, ':');
  if (has_gap && gap + 2 < host.size()) back = split(host.substr(gap + 2), ':');
  const std::size_t given = front.size() + back.size();
  if (has_gap ? given > 6 : given != 8) return false;
  const auto read = [](std::string_view text, std::uint16_t& group) {
    if (text.empty() || text.size() > 4) return false;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), group, 16);
    return error == std::errc() && end == text.data() + text.size();
  };
  groups.fill(0);
  for (std::size_t i = 0; i < front.size(); ++i)
    if (!read(front[i], groups[i])) return false;
  for (std::size_t i = 0; i < back.size(); ++i)
    if (!read(back[i], groups[8 - back.size() + i])) return false;
  return true;
}

// RFC 5952 section 4: lower case, no leading zeros, the first longest run of two or more zero
// groups as "::".
std::string print_ipv6(const Groups& groups) {
  std::size_t best = 0;
  std::size_t best_length = 1;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    std::size_t length = 0;
    while (i + length < groups.size() && groups[i + length] == 0) ++length;
    if (length > best_length) {
      best = i;
      best_length = length;
    }
  }
  std::string text;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (best_length > 1 && i == best) {
      text += "::";
      i += best_length - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    std::array<char, 4> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), groups[i], 16).ptr;
    text.append(digits.data(), end);
  }
  return text;
}

bool is_ipv6(std::string_view host) {
  Groups groups{};
  return parse_ipv6(host, groups) && print_ipv6(groups) == host;
}

bool is_onion(std::string_view host) {
  const std::string_view key = host.substr(0, host.find('.'));
  return key.size() == 56 && host.size() == 56 + 6 &&
         std::ranges::all_of(key, [](char c) { return is_lower(c) || (c >= '2' && c <= '7'); });
}

bool is_name(std::string_view host) {
  const auto labels = split(host, '.');
  // A last label of digits alone would be read as an address by some.
  return !std::ranges::all_of(labels.back(), is_digit) &&
         std::ranges::all_of(labels, [](std::string_view label) {
           return !label.empty() && label.size() <= 63 && label.front() != '-' &&
                  label.back() != '-' && std::ranges::all_of(label, [](char c) {
                    return is_lower(c) || is_digit(c) || c == '-';
                  });
         });
}

}  // namespace

Status check_host(std::string_view host) {
  const bool fits = !host.empty() && host.size() <= kMaxHostBytes;
  bool good = false;
  if (fits && host.find(':') != std::string_view::npos) {
    good = is_ipv6(host);
  } else if (fits && host.ends_with(".onion")) {
    good = is_onion(host);
  } else if (fits) {
    good = is_ipv4(host) || is_name(host);
  }
  if (!good) return fail(kMalformed, "host", static_cast<std::int64_t>(host.size()));
  return {};
}

}  // namespace tocsin

#include "client/bag/name_key.h"

#include <algorithm>
#include <cstdint>

#include "client/bag/decompositions.h"

namespace tocsin::bag {
namespace {

struct Letter {
  char32_t value = 0;
  std::size_t bytes = 1;
};

// The letter at the front of a text that is not empty; nothing when no UTF-8 stands there.
std::optional<Letter> front_letter(std::string_view text) {
  const auto at = [text](std::size_t i) {
    return i < text.size() ? static_cast<std::uint8_t>(text[i]) : std::uint8_t{0};
  };
  const std::uint8_t lead = at(0);
  if (lead < 0x80) return Letter{lead, 1};
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4) return std::nullopt;
  char32_t value = lead & (0x7FU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((at(i) & 0xC0U) != 0x80) return std::nullopt;
    value = (value << 6U) | (at(i) & 0x3FU);
  }
  const bool is_overlong = (bytes == 3 && value < 0x800) || (bytes == 4 && value < 0x10000);
  if (is_overlong || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) return std::nullopt;
  return Letter{value, bytes};
}

void append(std::string& text, char32_t letter) {
  const auto put = [&text](char32_t byte) { text += static_cast<char>(byte); };
  if (letter < 0x80) return put(letter);
  if (letter < 0x800) {
    put(0xC0U | (letter >> 6U));
  } else {
    if (letter < 0x10000) {
      put(0xE0U | (letter >> 12U));
    } else {
      put(0xF0U | (letter >> 18U));
      put(0x80U | ((letter >> 12U) & 0x3FU));
    }
    put(0x80U | ((letter >> 6U) & 0x3FU));
  }
  put(0x80U | (letter & 0x3FU));
}

// Capitals of the scripts that have them, after accents were taken off.
char32_t small(char32_t letter) {
  if (letter >= 'A' && letter <= 'Z') return letter + 32;
  if (letter >= 0xC0 && letter <= 0xDE && letter != 0xD7) return letter + 32;
  if (letter >= 0x391 && letter <= 0x3A9) return letter + 32;
  if (letter >= 0x410 && letter <= 0x42F) return letter + 32;
  if (letter >= 0x400 && letter <= 0x40F) return letter + 80;
  return letter;
}

const Decomposition* decomposition_of(char32_t letter) {
  const auto* const found = std::ranges::lower_bound(
      kDecompositions, letter, {}, [](const Decomposition& each) { return char32_t{each.letter}; });
  return found != kDecompositions.end() && found->letter == letter ? found : nullptr;
}

// A Hangul syllable is its letters, by arithmetic (Unicode section 3.12).
void append_hangul(std::string& text, char32_t syllable) {
  const char32_t index = syllable - 0xAC00;
  append(text, 0x1100 + index / 588);
  append(text, 0x1161 + index % 588 / 28);
  if (index % 28 != 0) append(text, 0x11A7 + index % 28);
}

enum class Case : std::uint8_t { kKept, kFolded };

void append_apart(std::string& text, char32_t letter, Case capitals) {
  if (letter >= 0xAC00 && letter <= 0xD7A3) return append_hangul(text, letter);
  // At most three steps: the table's longest chain.
  if (const Decomposition* parts = decomposition_of(letter); parts != nullptr) {
    append_apart(text, parts->first, capitals);
    if (parts->second != 0) append_apart(text, parts->second, capitals);
    return;
  }
  append(text, capitals == Case::kFolded ? small(letter) : letter);
}

std::string apart(std::string_view name, Case capitals) {
  std::string key;
  while (!name.empty()) {
    const std::optional<Letter> letter = front_letter(name);
    if (letter.has_value()) {
      append_apart(key, letter->value, capitals);
    } else {
      key += name.front();
    }
    name.remove_prefix(letter.has_value() ? letter->bytes : 1);
  }
  return key;
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::optional<Letter> letter = front_letter(text);
    if (!letter.has_value()) return false;
    text.remove_prefix(letter->bytes);
  }
  return true;
}

std::string canonical_name(std::string_view name) { return apart(name, Case::kKept); }
std::string folded_name(std::string_view name) { return apart(name, Case::kFolded); }

}  // namespace tocsin::bag

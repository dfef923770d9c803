#include "protocol/alert/unicode.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace tocsin {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

template <std::size_t N>
bool in_ranges(const std::array<Range, N>& ranges, char32_t point) {
  return std::ranges::any_of(
      ranges, [point](const Range& range) { return point >= range.first && point <= range.last; });
}

constexpr std::array kForbidden{
    Range{0x0000, 0x001F},    // C0 controls (line breaks are allowed by rule, elsewhere)
    Range{0x007F, 0x009F},    // delete, C1 controls
    Range{0x00AD, 0x00AD},    // soft hyphen
    Range{0x034F, 0x034F},    // grapheme joiner
    Range{0x061C, 0x061C},    // Arabic letter mark
    Range{0x115F, 0x1160},    // Hangul fillers
    Range{0x17B4, 0x17B5},    // invisible Khmer vowels
    Range{0x180B, 0x180F},    // Mongolian selectors
    Range{0x200B, 0x200B},    // zero width space
    Range{0x200E, 0x200F},    // direction marks
    Range{0x2028, 0x202E},    // separators, embeddings, overrides
    Range{0x2060, 0x206F},    // word joiner, invisible operators, isolates
    Range{0x2800, 0x2800},    // blank Braille
    Range{0x3164, 0x3164},    // Hangul filler
    Range{0xD800, 0xF8FF},    // surrogates, private use
    Range{0xFDD0, 0xFDEF},    // noncharacters
    Range{0xFEFF, 0xFEFF},    // byte order mark
    Range{0xFFA0, 0xFFA0},    // half-width Hangul filler
    Range{0xFFF0, 0xFFFF},    // specials
    Range{0x1BCA0, 0x1BCA3},  // shorthand controls
    Range{0x1D173, 0x1D17A},  // musical controls
    Range{0xE0000, 0xE0FFF},  // tags, selectors
    Range{0xF0000, 0x10FFFF}};

constexpr std::array kCombining{
    Range{0x0300, 0x036F},   Range{0x0483, 0x0489},   Range{0x0591, 0x05BD},
    Range{0x05BF, 0x05BF},   Range{0x05C1, 0x05C2},   Range{0x05C4, 0x05C5},
    Range{0x05C7, 0x05C7},   Range{0x0610, 0x061A},   Range{0x064B, 0x065F},
    Range{0x0670, 0x0670},   Range{0x06D6, 0x06DC},   Range{0x06DF, 0x06E4},
    Range{0x06E7, 0x06E8},   Range{0x06EA, 0x06ED},   Range{0x0711, 0x0711},
    Range{0x0730, 0x074A},   Range{0x07A6, 0x07B0},   Range{0x07EB, 0x07F3},
    Range{0x0816, 0x082D},   Range{0x0859, 0x085B},   Range{0x0898, 0x089F},
    Range{0x08CA, 0x08FF},   Range{0x0E31, 0x0E31},   Range{0x0E34, 0x0E3A},
    Range{0x0E47, 0x0E4E},   Range{0x0EB1, 0x0EB1},   Range{0x0EB4, 0x0EBC},
    Range{0x0EC8, 0x0ECE},   Range{0x0F18, 0x0F19},   Range{0x0F35, 0x0F39},
    Range{0x0F71, 0x0FBC},   Range{0x102B, 0x103E},   Range{0x135D, 0x135F},
    Range{0x17B6, 0x17D3},   Range{0x1AB0, 0x1AFF},   Range{0x1DC0, 0x1DFF},
    Range{0x200C, 0x200D},   Range{0x20D0, 0x20FF},   Range{0x302A, 0x302F},
    Range{0x3099, 0x309A},   Range{0xA66F, 0xA672},   Range{0xA674, 0xA67D},
    Range{0xA8E0, 0xA8F1},   Range{0xFE00, 0xFE0F},   Range{0xFE20, 0xFE2F},
    Range{0x10A01, 0x10A0F}, Range{0x11000, 0x11002}, Range{0x1D165, 0x1D169},
    Range{0x1E000, 0x1E02A}, Range{0x1E8D0, 0x1E8D6}};

// The nine scripts from Devanagari to Malayalam share one layout of marks per 128 characters.
bool is_indic_mark(char32_t point) {
  if (point < 0x0900 || point >= 0x0E00) return false;
  const char32_t place = point & 0x7F;
  return place <= 0x03 || place == 0x3A || place == 0x3B || place == 0x3C ||
         (place >= 0x3E && place <= 0x4F && place != 0x4E) || (place >= 0x51 && place <= 0x57) ||
         place == 0x62 || place == 0x63;
}

constexpr std::array kPunctuation{
    Range{0x00A0, 0x00BF}, Range{0x00D7, 0x00D7}, Range{0x00F7, 0x00F7}, Range{0x0589, 0x058A},
    Range{0x060C, 0x060D}, Range{0x061B, 0x061F}, Range{0x066A, 0x066D}, Range{0x06D4, 0x06D4},
    Range{0x0964, 0x0965}, Range{0x1361, 0x1368}, Range{0x2000, 0x2BFF}, Range{0x3000, 0x303F},
    Range{0xFF00, 0xFF0F}, Range{0xFF1A, 0xFF20}};

constexpr std::array kRightToLeft{Range{0x0590, 0x08FF}, Range{0xFB1D, 0xFDFF},
                                  Range{0xFE70, 0xFEFC}, Range{0x10800, 0x10FFF},
                                  Range{0x1E800, 0x1EFFF}};

struct Decoded {
  char32_t point;
  std::size_t length;  // 0: not UTF-8 here
};

Decoded decode_one(std::string_view text) {
  const auto byte = [text](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i]));
  };
  const std::uint32_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return {0, 0};
  std::uint32_t point = lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return {0, 0};
    point = point << 6 | (byte(i) & 0x3FU);
  }
  const bool overlong = utf8_length(point) != length;
  if (overlong || (point >= 0xD800 && point <= 0xDFFF) || point > 0x10FFFF) return {0, 0};
  return {point, length};
}

}  // namespace

std::optional<std::u32string> decode_utf8(std::string_view text) {
  std::u32string points;
  points.reserve(text.size());
  while (!text.empty()) {
    const Decoded one = decode_one(text);
    if (one.length == 0) return std::nullopt;
    points.push_back(one.point);
    text.remove_prefix(one.length);
  }
  return points;
}

std::u32string decode_utf8_leniently(std::string_view text) {
  std::u32string points;
  while (!text.empty()) {
    const Decoded one = decode_one(text);
    points.push_back(one.length == 0 ? U'\uFFFD' : one.point);
    text.remove_prefix(std::max<std::size_t>(one.length, 1));
  }
  return points;
}

std::size_t utf8_length(char32_t point) {
  return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
}

void append_utf8(std::string& target, char32_t point) {
  const std::size_t length = utf8_length(point);
  if (length == 1) {
    target.push_back(static_cast<char>(point));
    return;
  }
  const std::uint32_t marker = 0xF00U >> length & 0xFFU;
  target.push_back(static_cast<char>(marker | point >> (6 * (length - 1))));
  for (std::size_t i = length - 1; i-- > 0;)
    target.push_back(static_cast<char>(0x80U | (point >> (6 * i) & 0x3FU)));
}

bool is_forbidden(char32_t point) {
  return in_ranges(kForbidden, point) || (point & 0xFFFE) == 0xFFFE;
}

bool is_combining(char32_t point) { return in_ranges(kCombining, point) || is_indic_mark(point); }

bool is_right_to_left(char32_t point) { return in_ranges(kRightToLeft, point) && is_letter(point); }

bool is_letter(char32_t point) {
  const char32_t lower = ascii_lower(point);
  if (point < 0x80) return lower >= U'a' && lower <= U'z';
  return !in_ranges(kPunctuation, point) && !is_forbidden(point) && !is_combining(point) &&
         !is_digit(point);
}

bool is_digit(char32_t point) {
  return (point >= U'0' && point <= U'9') || (point >= 0x0660 && point <= 0x0669) ||
         (point >= 0x06F0 && point <= 0x06F9) || (point >= 0x0966 && point <= 0x096F);
}

char32_t ascii_lower(char32_t point) {
  return point >= U'A' && point <= U'Z' ? point - U'A' + U'a' : point;
}

}  // namespace tocsin

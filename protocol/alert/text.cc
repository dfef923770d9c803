#include "protocol/alert/text.h"

#include <algorithm>
#include <array>

#include "protocol/alert/unicode.h"

namespace tocsin {
namespace {

bool is_dot(char32_t point) { return point == U'.' || point == 0xFF0E || point == 0xFF61; }

// "word.word" with two or more letters behind the dot: most programs would make it a link.
bool looks_like_domain(std::u32string_view points, std::size_t dot) {
  if (dot == 0 || !(is_letter(points[dot - 1]) || is_digit(points[dot - 1]) ||
                    is_combining(points[dot - 1]) || points[dot - 1] == U'-'))
    return false;
  std::size_t letters = 0;
  for (std::size_t i = dot + 1; i < points.size() && letters < 2; ++i) {
    if (!is_letter(points[i]) && !is_combining(points[i])) break;
    ++letters;
  }
  return letters >= 2;
}

bool link_or_markup_at(std::u32string_view points, std::size_t at) {
  static constexpr std::array<std::u32string_view, 6> kMarkers{U"://",  U"www.",    U"mailto:",
                                                               U"tel:", U"tocsin:", U"]("};
  const char32_t point = points[at];
  if (point == U'<' || point == U'>' || point == U'`') return true;
  if (is_dot(point) && looks_like_domain(points, at)) return true;
  return std::ranges::any_of(kMarkers, [&](std::u32string_view marker) {
    return points.size() - at >= marker.size() &&
           std::ranges::equal(points.substr(at, marker.size()), marker, {}, ascii_lower);
  });
}

std::string escaped(char32_t point) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string digits;
  for (char32_t rest = point; rest != 0 || digits.empty(); rest >>= 4)
    digits.insert(digits.begin(), kDigits[rest & 0xF]);
  return "\\u{" + digits + "}";
}

}  // namespace

Status check_plain_text(std::string_view text, TextRule rule) {
  if (text.size() > rule.max_bytes)
    return fail(kTooLarge, "text", static_cast<std::int64_t>(text.size()));
  const auto decoded = decode_utf8(text);
  if (!decoded) return fail(kNotPlainText, "UTF-8");
  const std::u32string_view points = *decoded;
  std::int64_t offset = 0;
  int run = kMaxCombiningRun;  // a mark without a letter before it is one too many
  for (std::size_t i = 0; i < points.size(); ++i) {
    const char32_t point = points[i];
    const bool allowed_break = point == U'\n' && rule.line_breaks == LineBreaks::kAllowed;
    if (is_forbidden(point) && !allowed_break) return fail(kNotPlainText, "character", offset);
    run = is_combining(point) ? run + 1 : point == U'\n' ? kMaxCombiningRun : 0;
    if (run > kMaxCombiningRun) return fail(kNotPlainText, "combining marks", offset);
    if (link_or_markup_at(points, i)) return fail(kNotPlainText, "link or markup", offset);
    offset += static_cast<std::int64_t>(utf8_length(point));
  }
  return {};
}

std::string safe_text(std::string_view text, ShowRule rule) {
  std::string shown;
  std::size_t letters = 0;
  int run = kMaxCombiningRun;
  for (const char32_t point : decode_utf8_leniently(text)) {
    if (is_combining(point)) {
      if (++run <= kMaxCombiningRun) append_utf8(shown, point);
      continue;
    }
    if (letters >= rule.max_letters) return shown + "…";
    run = 0;
    if (point == U'\n' || point == U'\t' || point == U'\r') {
      const bool keep = point == U'\n' && rule.line_breaks == LineBreaks::kAllowed;
      shown.push_back(keep ? '\n' : ' ');
      ++letters;
    } else if (point != U'\uFFFD' && is_forbidden(point)) {
      const std::string visible = escaped(point);
      shown += visible;
      letters += visible.size();
    } else {
      append_utf8(shown, point);
      ++letters;
    }
  }
  return shown;
}

// NOLINTNEXTLINE(misc-misleading-bidirectional): written as escapes, and meant.
std::string isolate(std::string_view safe) { return "\u2068" + std::string(safe) + "\u2069"; }

Direction direction_of(std::string_view text) {
  for (const char32_t point : decode_utf8_leniently(text)) {
    if (is_right_to_left(point)) return Direction::kRightToLeft;
    if (is_letter(point)) return Direction::kLeftToRight;
  }
  return Direction::kLeftToRight;
}

}  // namespace tocsin

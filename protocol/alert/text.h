// protocol/alert/text.h: what counts as plain text, and how any text is made safe to show.
//
// Spec:    protocol/spec/alert.md ALT-4, protocol/spec/phrases.md PHR-5
// Shape:   UTF-8 in, UTF-8 out
// Errors:  not_plain_text (detail = offset of the first offending byte)
// Threads: values only
#pragma once

#include <string>
#include <string_view>

#include "crypto/base/result.h"
#include "protocol/codes.h"

namespace tocsin {

enum class Direction : std::uint8_t { kLeftToRight = 1, kRightToLeft = 2 };
enum class LineBreaks : std::uint8_t { kForbidden = 1, kAllowed = 2 };

// Plain text of a signed document: strict UTF-8, at most `max_bytes`; no control, bidi, invisible,
// private-use or unassignable characters, no floods of combining marks, no link, no markup.
struct TextRule {
  std::size_t max_bytes = 0;
  LineBreaks line_breaks = LineBreaks::kForbidden;
};
Status check_plain_text(std::string_view text, TextRule rule);

// Any bytes made safe for a terminal or a page: what check_plain_text refuses is shown as
// U+FFFD or as \u{…}, combining floods are cut, and after `max_letters` letters it ends in "…".
// Line breaks become spaces unless allowed. Never fails; work is linear.
struct ShowRule {
  std::size_t max_letters = 80;
  LineBreaks line_breaks = LineBreaks::kForbidden;
};
std::string safe_text(std::string_view text, ShowRule rule);

// The text between U+2068 and U+2069, so that its direction cannot reach its surroundings.
std::string isolate(std::string_view safe);
// The direction of the first strong letter (left to right when there is none).
Direction direction_of(std::string_view text);

}  // namespace tocsin

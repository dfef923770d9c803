// client/bag/tag_text.h: the bytes of a tag file as UTF-8, and its lines.
//
// Source:  RFC 8493 section 2.3: lines end in LF, CR or CRLF
// Shape:   encodings are those of a short list: an unknown name would make iconv load what it names
// Threads: values only
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tocsin::bag {

bool is_known_encoding(std::string_view name);

struct TagText {
  std::string utf8;
  bool had_mark = false;  // a byte order mark stood in front; it is gone
};
// Nothing when the bytes are not of this encoding. At most twice as long as the bytes.
std::optional<TagText> decode_tag_text(std::string bytes, std::string_view encoding);

// The next line without its end, taken off the rest; nothing when nothing is left.
std::optional<std::string_view> take_line(std::string_view& rest);

inline bool is_blank(char sign) { return sign == ' ' || sign == '\t'; }
// Without blanks in front or behind.
std::string_view trimmed(std::string_view text);
// Equal but for ASCII capitals.
bool same_label(std::string_view one, std::string_view other);

}  // namespace tocsin::bag

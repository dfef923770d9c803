#include "crypto/age/header.h"

#include <algorithm>

#include "crypto/age/limits.h"

namespace tocsin::age {
namespace {

constexpr std::string_view kVersionLine = "age-encryption.org/v1";
constexpr std::string_view kStanzaMark = "-> ";
constexpr std::string_view kEndMark = "---";

class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {}
  // Without its end; nothing when the text ends before the line does.
  std::optional<std::string_view> next() {
    const std::size_t end = text_.find('\n', position_);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = text_.substr(position_, end - position_);
    begin_of_line_ = position_;
    position_ = end + 1;
    return line;
  }
  std::size_t begin_of_line() const { return begin_of_line_; }
  std::size_t position() const { return position_; }

 private:
  std::string_view text_;
  std::size_t position_ = 0;
  std::size_t begin_of_line_ = 0;
};

Result<std::vector<std::string>> parse_arguments(std::string_view text) {
  std::vector<std::string> arguments(1);
  for (const char letter : text) {
    if (letter == ' ') {
      arguments.emplace_back();
      continue;
    }
    if (letter < 33 || letter > 126) return fail(kMalformed, "character of a stanza");
    arguments.back().push_back(letter);
  }
  if (std::ranges::any_of(arguments, &std::string::empty))
    return fail(kMalformed, "empty argument of a stanza");
  return arguments;
}

// Up to and with the first line that is not full. Nothing while lines are missing.
Result<std::optional<Bytes>> parse_body(Lines& lines) {
  Bytes body;
  for (;;) {
    const std::optional<std::string_view> line = lines.next();
    if (!line.has_value()) return std::nullopt;
    if (line->size() > kColumns) return fail(kMalformed, "a long line in a stanza");
    const Bytes part = TRY(from_base64(*line, Base64Padding::kNone));
    body.insert(body.end(), part.begin(), part.end());
    if (line->size() < kColumns) return body;
  }
}

Sha256 mac_of(BytesView authenticated, const FileKey& key) {
  const SecretBytes mac_key = hkdf_sha256({}, key.expose(kExpose), as_bytes("header"), 32);
  return hmac_sha256(mac_key.expose(kExpose), {authenticated});
}

// A passphrase vouches for who wrote the file; beside another recipient it would not.
Status check_passphrase_is_alone(const std::vector<Stanza>& stanzas) {
  const bool any = std::ranges::any_of(
      stanzas, [](const Stanza& stanza) { return stanza.arguments.front() == kPassphraseType; });
  if (any && stanzas.size() > 1) return fail(kMalformed, "a passphrase beside other recipients");
  return {};
}

Result<std::optional<Header>> parse_lines(std::string_view text) {
  Lines lines(text);
  const std::optional<std::string_view> version = lines.next();
  if (!version.has_value()) return std::nullopt;
  if (*version != kVersionLine) return fail(kMalformed, "not an age file of version 1");
  Header header;
  for (;;) {
    const std::optional<std::string_view> line = lines.next();
    if (!line.has_value()) return std::nullopt;
    if (line->starts_with(kStanzaMark)) {
      std::vector<std::string> arguments = TRY(parse_arguments(line->substr(kStanzaMark.size())));
      std::optional<Bytes> body = TRY(parse_body(lines));
      if (!body.has_value()) return std::nullopt;
      header.stanzas.push_back({std::move(arguments), std::move(*body)});
      continue;
    }
    if (!line->starts_with(kEndMark) || line->size() <= kEndMark.size() ||
        (*line)[kEndMark.size()] != ' ')
      return fail(kMalformed, "neither a stanza nor the end of a header");
    if (header.stanzas.empty()) return fail(kMalformed, "a header for nobody");
    TRY(check_passphrase_is_alone(header.stanzas));
    const Bytes mac = TRY(from_base64(line->substr(kEndMark.size() + 1), Base64Padding::kNone));
    header.mac = TRY(Sha256::from(mac));
    header.authenticated =
        to_bytes(as_bytes(text.substr(0, lines.begin_of_line() + kEndMark.size())));
    header.bytes = lines.position();
    return header;
  }
}

}  // namespace

Result<std::optional<Header>> parse_header(BytesView front) {
  const std::string_view text = as_text(front.first(std::min(front.size(), kMostHeaderBytes)));
  std::optional<Header> header = TRY(parse_lines(text));
  // What can never become a header is told at once, not when its end does not come.
  const std::string_view seen = text.substr(0, kVersionLine.size());
  if (!header.has_value() && !kVersionLine.starts_with(seen))
    return fail(kMalformed, "not an age file of version 1");
  if (!header.has_value() && front.size() >= kMostHeaderBytes)
    return fail(kTooLarge, "header of an age file", static_cast<std::int64_t>(kMostHeaderBytes));
  return header;
}

Status check_header(const Header& header, const FileKey& key) {
  if (!equal_in_constant_time(mac_of(header.authenticated, key).view(), header.mac.view()))
    return fail(kBadSignature, "header of an age file");
  return {};
}

Bytes encode_header(const std::vector<Stanza>& stanzas, const FileKey& key) {
  std::string text(kVersionLine);
  text += '\n';
  for (const Stanza& stanza : stanzas) {
    text += "->";
    for (const std::string& argument : stanza.arguments) text += ' ' + argument;
    text += '\n';
    // A body that fills its lines ends with an empty one.
    const std::string body = to_base64(stanza.body, Base64Padding::kNone);
    for (std::size_t at = 0; at <= body.size(); at += kColumns)
      text += body.substr(at, kColumns) + '\n';
  }
  text += kEndMark;
  const Sha256 mac = mac_of(as_bytes(text), key);
  text += ' ' + to_base64(mac.view(), Base64Padding::kNone) + '\n';
  return to_bytes(as_bytes(text));
}

}  // namespace tocsin::age

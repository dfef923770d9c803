#include "client/bag/tag_files.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "client/bag/entry_path.h"
#include "client/bag/limits.h"
#include "client/bag/name_key.h"
#include "client/bag/tag_text.h"

namespace tocsin::bag {
namespace {

constexpr std::string_view kDeclarationFile = "bagit.txt";
constexpr std::string_view kFetchFile = "fetch.txt";

struct VersionName {
  std::string_view text;
  Version version;
};
constexpr std::array kVersions{
    VersionName{"0.93", Version::k093}, VersionName{"0.94", Version::k094},
    VersionName{"0.95", Version::k095}, VersionName{"0.96", Version::k096},
    VersionName{"0.97", Version::k097}, VersionName{"1.0", Version::k10}};

bool is_digit(char sign) { return sign >= '0' && sign <= '9'; }

bool is_version(std::string_view text) {
  const std::size_t dot = text.find('.');
  return dot != 0 && dot != std::string_view::npos && dot + 1 < text.size() &&
         std::ranges::all_of(text.substr(0, dot), is_digit) &&
         std::ranges::all_of(text.substr(dot + 1), is_digit);
}

// What stands behind "Label: ", exactly one blank and no other.
std::optional<std::string_view> value_of(std::optional<std::string_view> line,
                                         std::string_view label) {
  if (!line.has_value() || line->size() <= label.size() + 2) return std::nullopt;
  if (!same_label(line->substr(0, label.size()), label) || line->substr(label.size(), 2) != ": ")
    return std::nullopt;
  const std::string_view value = line->substr(label.size() + 2);
  return value == trimmed(value) ? std::optional(value) : std::nullopt;
}

std::optional<Version> version_from(std::string_view text, Findings& findings) {
  for (const VersionName& each : kVersions) {
    if (each.text == text) return each.version;
  }
  if (is_version(text)) {
    findings.error(FindingKind::kUnsupportedVersion, kDeclarationFile,
                   "of a version of BagIt that is not known here (0.93 to 0.97 and 1.0 are)", 1);
  } else {
    findings.error(FindingKind::kBadDeclaration, kDeclarationFile, "the version is no number", 1);
  }
  return std::nullopt;
}

void check_nothing_follows(std::string_view rest, Findings& findings) {
  if (rest.empty()) return;
  if (rest.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    findings.warn(FindingKind::kBadDeclaration, kDeclarationFile, "empty lines at its end");
  } else {
    findings.error(FindingKind::kBadDeclaration, kDeclarationFile, "more than two lines");
  }
}

// Hexadecimal in either case.
std::optional<Bytes> digest_from(std::string_view text, std::size_t bytes) {
  if (text.size() != 2 * bytes) return std::nullopt;
  std::string small(text);
  for (char& sign : small) {
    if (sign >= 'A' && sign <= 'F') sign = static_cast<char>(sign - 'A' + 'a');
  }
  Result<Bytes> digest = from_hex(small);
  if (!digest.has_value()) return std::nullopt;
  return std::move(*digest);
}

// The word at the front and the blanks behind it, taken off.
std::string_view take_word(std::string_view& rest) {
  const std::size_t end = std::min(rest.find_first_of(" \t"), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(end);
  while (!rest.empty() && is_blank(rest.front())) rest.remove_prefix(1);
  return word;
}

struct Place {
  std::string_view file;
  std::uint64_t line;
};

// A path as somebody wrote it, in the one form that is looked up; nothing when it is unsafe.
std::optional<std::string_view> plain_path(std::string_view path, Place place, Findings& findings) {
  if (path.starts_with("./")) {
    findings.warn(FindingKind::kUnusualPath, place.file, "a path begins with ./", place.line);
    path.remove_prefix(2);
  }
  if (is_safe_path(path)) return path;
  findings.error(FindingKind::kUnsafePath, place.file,
                 "a path that leads out of the bag, or would on some system", place.line);
  return std::nullopt;
}

std::optional<std::string_view> listed_path(std::string_view path, const Manifest& manifest,
                                            Place place, Findings& findings) {
  if (path.starts_with('*')) {
    findings.warn(FindingKind::kUnusualPath, place.file,
                  "a path with the mark of md5sum and its like in front", place.line);
    path.remove_prefix(1);
  }
  const auto plain = plain_path(path, place, findings);
  if (!plain.has_value()) return std::nullopt;
  const bool is_payload = is_payload_path(*plain);
  if (manifest.of == ManifestOf::kPayload && !is_payload) {
    findings.error(FindingKind::kWrongPlace, place.file, "lists a file outside of data/",
                   place.line);
    return std::nullopt;
  }
  const auto other = manifest_named(*plain);
  if (manifest.of == ManifestOf::kTags &&
      (is_payload || (other.has_value() && other->of == ManifestOf::kTags))) {
    findings.error(FindingKind::kWrongPlace, place.file,
                   "lists a file that a tag manifest must not list", place.line);
    return std::nullopt;
  }
  return plain;
}

std::optional<ManifestLine> parse_manifest_line(std::string_view line, const Manifest& manifest,
                                                Place place, Findings& findings) {
  std::string_view path = line;
  const std::string_view word = take_word(path);
  if (path.empty()) {
    findings.error(FindingKind::kBadLine, place.file, "a line without digest and path", place.line);
    return std::nullopt;
  }
  std::optional<Bytes> digest = digest_from(word, manifest.algorithm->bytes);
  if (!digest.has_value()) {
    findings.error(FindingKind::kBadLine, place.file, "what cannot be a digest of this kind",
                   place.line);
    return std::nullopt;
  }
  const auto plain = listed_path(path, manifest, place, findings);
  if (!plain.has_value()) return std::nullopt;
  return ManifestLine{std::string(*plain), std::move(*digest), place.line};
}

// "scheme:rest", no blank or control character.
bool is_absolute_url(std::string_view url) {
  const std::size_t colon = url.find(':');
  if (colon == 0 || colon == std::string_view::npos || colon + 1 == url.size()) return false;
  const auto is_alphanumeric = [](char sign) {
    return is_digit(sign) || (sign >= 'a' && sign <= 'z') || (sign >= 'A' && sign <= 'Z');
  };
  return std::ranges::all_of(url.substr(0, colon),
                             [&](char sign) {
                               return is_alphanumeric(sign) || sign == '+' || sign == '-' ||
                                      sign == '.';
                             }) &&
         std::ranges::all_of(
             url, [](char sign) { return static_cast<std::uint8_t>(sign) > 0x20 && sign != 0x7F; });
}

bool is_network_url(std::string_view url) {
  const std::string_view scheme = url.substr(0, url.find(':'));
  return same_label(scheme, "https") || same_label(scheme, "http") || same_label(scheme, "ftp");
}

bool is_length(std::string_view text) {
  return text == "-" || (!text.empty() && std::ranges::all_of(text, is_digit));
}

std::optional<FetchLine> parse_fetch_line(std::string_view line, std::uint64_t number,
                                          Findings& findings) {
  std::string_view path = line;
  const std::string_view url = take_word(path);
  const std::string_view length = take_word(path);
  if (!is_absolute_url(url) || !is_length(length) || path.empty()) {
    findings.error(FindingKind::kBadFetch, kFetchFile, "a line that is not URL, length and path",
                   number);
    return std::nullopt;
  }
  if (!is_network_url(url))
    findings.warn(FindingKind::kBadFetch, kFetchFile,
                  "a URL that names no file on the web; whoever fetches must not follow it",
                  number);
  const auto plain = plain_path(path, {kFetchFile, number}, findings);
  if (!plain.has_value()) return std::nullopt;
  if (!is_payload_path(*plain)) {
    findings.error(FindingKind::kWrongPlace, kFetchFile, "lists a file outside of data/", number);
    return std::nullopt;
  }
  return FetchLine{std::string(*plain), number};
}

std::optional<std::uint64_t> number_from(std::string_view text) {
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (text.empty() || error != std::errc{} || stopped != end) return std::nullopt;
  return number;
}

// "manifest-" ALGORITHM ".txt"
std::optional<std::string_view> algorithm_in(std::string_view file, std::string_view front) {
  constexpr std::string_view kEnd = ".txt";
  if (!file.starts_with(front) || !file.ends_with(kEnd) ||
      file.size() <= front.size() + kEnd.size())
    return std::nullopt;
  return file.substr(front.size(), file.size() - front.size() - kEnd.size());
}

std::optional<BagEntry> parse_element(std::string_view line, Version version, Place place,
                                      Findings& findings) {
  const std::size_t colon = line.find(':');
  const auto refuse = [&](const char* why) {
    findings.error(FindingKind::kBadBagInfo, place.file, why, place.line);
    return std::nullopt;
  };
  if (colon == std::string_view::npos) return refuse("a line without a colon");
  const std::string_view label = line.substr(0, colon);
  const std::string_view value = line.substr(colon + 1);
  if (trimmed(label).empty()) return refuse("a line without a label");
  if (version == Version::k10) {
    if (label != trimmed(label)) return refuse("a blank before the colon");
    if (value.empty() || !is_blank(value.front()))
      findings.warn(FindingKind::kBadBagInfo, place.file, "no blank behind the colon", place.line);
  }
  return BagEntry{std::string(trimmed(label)), std::string(trimmed(value))};
}

// UTF-8 of one line that comes back as it is when its lines are folded and unfolded.
bool is_plain_part(std::string_view text) {
  const auto is_control = [](char sign) {
    return static_cast<std::uint8_t>(sign) < 0x20 || sign == 0x7F;
  };
  return is_utf8(text) && std::ranges::none_of(text, is_control) && text == trimmed(text) &&
         text.find("  ") == std::string_view::npos;
}

}  // namespace

std::optional<Declaration> parse_declaration(std::string_view bytes, Findings& findings) {
  if (!is_utf8(bytes) || bytes.starts_with("\xEF\xBB\xBF")) {
    findings.error(FindingKind::kBadDeclaration, kDeclarationFile,
                   "not UTF-8, or with a byte order mark in front");
    return std::nullopt;
  }
  std::string_view rest = bytes;
  const auto version_text = value_of(take_line(rest), "BagIt-Version");
  const auto encoding = value_of(take_line(rest), "Tag-File-Character-Encoding");
  if (!version_text.has_value() || !encoding.has_value()) {
    findings.error(FindingKind::kBadDeclaration, kDeclarationFile,
                   "not the two lines BagIt-Version and Tag-File-Character-Encoding");
    return std::nullopt;
  }
  check_nothing_follows(rest, findings);
  const auto version = version_from(*version_text, findings);
  if (!version.has_value()) return std::nullopt;
  if (!is_known_encoding(*encoding)) {
    findings.error(FindingKind::kBadEncoding, kDeclarationFile,
                   "names an encoding that is not known here", 2);
    return std::nullopt;
  }
  return Declaration{*version, std::string(*version_text), std::string(*encoding)};
}

std::optional<Manifest> manifest_named(std::string_view file) {
  auto name = algorithm_in(file, "manifest-");
  const ManifestOf of = name.has_value() ? ManifestOf::kPayload : ManifestOf::kTags;
  if (!name.has_value()) name = algorithm_in(file, "tagmanifest-");
  if (!name.has_value()) return std::nullopt;
  return Manifest{
      .file = std::string(file), .of = of, .algorithm = algorithm_named(*name), .lines = {}};
}

void parse_manifest(std::string_view text, Manifest& manifest, Findings& findings) {
  std::uint64_t number = 0;
  while (const auto line = take_line(text)) {
    ++number;
    if (trimmed(*line).empty()) continue;
    if (manifest.lines.size() == kMaxFiles) {
      findings.error(FindingKind::kTooMuch, manifest.file, "more lines than are read here", number);
      return;
    }
    auto parsed = parse_manifest_line(*line, manifest, {manifest.file, number}, findings);
    if (parsed.has_value()) manifest.lines.push_back(std::move(*parsed));
  }
}

std::vector<BagEntry> parse_bag_info(std::string_view text, std::string_view file, Version version,
                                     Findings& findings) {
  std::vector<BagEntry> entries;
  std::uint64_t number = 0;
  while (const auto line = take_line(text)) {
    ++number;
    if (trimmed(*line).empty()) continue;
    if (is_blank(line->front())) {
      if (entries.empty()) {
        findings.error(FindingKind::kBadBagInfo, file, "goes on with a line that never began",
                       number);
      } else {
        entries.back().value += ' ';
        entries.back().value += trimmed(*line);
      }
      continue;
    }
    auto entry = parse_element(*line, version, {file, number}, findings);
    if (entry.has_value()) entries.push_back(std::move(*entry));
  }
  return entries;
}

std::optional<std::string> print_element(const BagEntry& entry) {
  constexpr std::size_t kLineBytes = 79;
  if (!is_plain_part(entry.label) || entry.label.empty() || !is_plain_part(entry.value) ||
      entry.label.find(':') != std::string::npos)
    return std::nullopt;
  std::string printed = entry.label + ":";
  std::size_t in_line = printed.size();
  std::string_view rest = entry.value;
  do {
    const std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
    // The first word stays on its label's line: a label alone would read as an empty element.
    const bool breaks = in_line + 1 + word.size() > kLineBytes && in_line > entry.label.size() + 1;
    printed += breaks ? "\n " : " ";
    printed += word;
    in_line = (breaks ? 0 : in_line) + 1 + word.size();
  } while (!rest.empty());
  return printed + "\n";
}

std::vector<FetchLine> parse_fetch(std::string_view text, Findings& findings) {
  std::vector<FetchLine> lines;
  std::uint64_t number = 0;
  while (const auto line = take_line(text)) {
    ++number;
    if (trimmed(*line).empty()) continue;
    if (lines.size() == kMaxFiles) {
      findings.error(FindingKind::kTooMuch, kFetchFile, "more lines than are read here", number);
      break;
    }
    auto parsed = parse_fetch_line(*line, number, findings);
    if (parsed.has_value()) lines.push_back(std::move(*parsed));
  }
  return lines;
}

std::optional<Oxum> parse_oxum(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto bytes = number_from(text.substr(0, dot));
  const auto files = number_from(text.substr(dot + 1));
  if (!bytes.has_value() || !files.has_value()) return std::nullopt;
  return Oxum{*bytes, *files};
}

}  // namespace tocsin::bag

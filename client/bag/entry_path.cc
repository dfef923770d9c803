#include "client/bag/entry_path.h"

#include <algorithm>
#include <array>

#include "client/bag/limits.h"

namespace tocsin::bag {
namespace {

bool is_letter(char sign) { return (sign >= 'a' && sign <= 'z') || (sign >= 'A' && sign <= 'Z'); }

bool is_safe_part(std::string_view part) {
  return !part.empty() && part != "." && part != ".." && part.size() <= kMaxComponentBytes;
}

}  // namespace

bool is_safe_path(std::string_view path) {
  if (path.size() > kMaxPathBytes || path.find('\\') != std::string_view::npos ||
      path.find('\0') != std::string_view::npos)
    return false;
  // A shell's short form of somebody's home, a drive of Windows.
  if (path.starts_with('~') || (path.size() > 1 && path[1] == ':' && is_letter(path[0])))
    return false;
  for (;;) {
    const std::size_t slash = path.find('/');
    if (!is_safe_part(path.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

bool is_payload_path(std::string_view path) { return path.starts_with("data/"); }

std::string escape_path(std::string_view path) {
  std::string escaped;
  for (const char sign : path) {
    if (sign == '\r') {
      escaped += "%0D";
    } else if (sign == '\n') {
      escaped += "%0A";
    } else if (sign == '%') {
      escaped += "%25";
    } else {
      escaped += sign;
    }
  }
  return escaped;
}

std::string unescape_path(std::string_view path) {
  std::string plain;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const std::string_view code = path.substr(i, 3);
    char sign = path[i];
    if (code == "%0D" || code == "%0d") sign = '\r';
    if (code == "%0A" || code == "%0a") sign = '\n';
    if (code == "%25") sign = '%';
    if (sign != path[i] || code == "%25") i += 2;
    plain += sign;
  }
  return plain;
}

bool is_system_file(std::string_view path) {
  constexpr std::array<std::string_view, 10> kNames{
      ".DS_Store",  ".AppleDouble", ".LSOverride", ".Spotlight-V100", ".Trashes",
      ".fseventsd", ".apdisk",      "Thumbs.db",   "desktop.ini",     "ehthumbs.db"};
  const std::string_view name = path.substr(path.find_last_of('/') + 1);
  return name.starts_with("._") || std::ranges::find(kNames, name) != kNames.end();
}

}  // namespace tocsin::bag

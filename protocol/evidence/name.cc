#include "protocol/evidence/name.h"

#include <algorithm>
#include <array>

#include "protocol/alert/unicode.h"

namespace tocsin {
namespace {

constexpr std::string_view kUnnamed = "unnamed";
// Separators and wildcards of some system, or of some shell.
constexpr std::u32string_view kReserved = U"/\\:*?\"<>|$`;&'";
// Hidden, an option, a home, a drive's root: by their first letter alone.
constexpr std::u32string_view kNeverFirst = U".-~ ";
constexpr std::u32string_view kNeverLast = U". ";

bool is_device_of_windows(std::string_view name) {
  static constexpr std::array<std::string_view, 6> kDevices{"con", "prn", "aux",
                                                            "nul", "com", "lpt"};
  std::string stem(name.substr(0, name.find('.')));
  std::ranges::transform(stem, stem.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  });
  const bool numbered = stem.size() == 4 && stem[3] >= '0' && stem[3] <= '9';
  if (numbered) stem.pop_back();
  return std::ranges::find(kDevices, stem) != kDevices.end() &&
         (numbered == (stem == "com" || stem == "lpt"));
}

std::u32string without_what_nobody_sees(std::string_view given) {
  std::u32string points = decode_utf8_leniently(given.substr(0, kMostGivenNameBytes));
  int combining = 0;
  std::erase_if(points, [&](char32_t point) {
    combining = is_combining(point) ? combining + 1 : 0;
    return combining > kMaxCombiningRun;
  });
  for (char32_t& point : points) {
    if (is_forbidden(point) || kReserved.contains(point)) point = U'_';
  }
  return points;
}

std::string encoded(std::u32string_view points) {
  std::string name;
  for (const char32_t point : points) append_utf8(name, point);
  return name;
}

// Cut before its ending, so that it still says of which kind the file is.
std::u32string shortened(std::u32string points) {
  const std::size_t dot = points.rfind(U'.');
  const std::size_t ending = dot == std::u32string::npos ? 0 : points.size() - dot;
  while (encoded(points).size() > kMostNameBytes) {
    const bool keeps_ending = ending > 0 && ending <= kMostEndingLetters && points.size() > ending;
    points.erase(points.size() - 1 - (keeps_ending ? ending : 0), 1);
  }
  return points;
}

}  // namespace

std::string safe_file_name(std::string_view given) {
  std::u32string points = shortened(without_what_nobody_sees(given));
  if (points.empty()) return std::string(kUnnamed);
  // A mark that joins the letter before it would join whatever is written before the name.
  if (kNeverFirst.contains(points.front()) || is_combining(points.front())) points.front() = U'_';
  if (kNeverLast.contains(points.back())) points.back() = U'_';
  std::string name = encoded(points);
  if (is_device_of_windows(name)) name.front() = '_';
  return name;
}

}  // namespace tocsin

// client/store/details_file.h: the details of an alert as a TOML file, so that they never stand
// among arguments.
//
// Source:  TOML 1.0 through toml++
// Shape:   flat: a text by name, or a list of texts where the name takes several
// Errors:  the first thing that cannot be meant, with its line
// Threads: values only
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin {

inline constexpr std::size_t kMaxDetailsBytes = 64 * 1024;

struct DetailName {
  std::string_view name;
  bool several = false;
};
using Details = std::map<std::string, std::vector<std::string>>;

enum class DetailsFault : std::uint8_t {
  kNotToml,
  kUnknownName,
  kNotText,  // a number, a table, or a list where one text belongs
  kTooLong   // the file
};
struct DetailsRefusal {
  DetailsFault fault;
  std::int64_t line;  // from 1; 0 for the whole file
  std::string name;   // as it stands there; empty for kNotToml and kTooLong
};

// Refuses names not in `allowed`: a typing error must not silently drop a line of an alert.
std::expected<Details, DetailsRefusal> parse_details(std::string_view toml,
                                                     std::span<const DetailName> allowed);

}  // namespace tocsin

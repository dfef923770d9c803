// client/store/details_file.h: the details of an alert as a TOML file, so that they never stand
// among arguments.
//
// Source:  TOML 1.0 through toml++
// Shape:   flat: texts by name
// Errors:  client_bad_usage (detail = line of the first thing that cannot be meant), too_large
// Threads: values only
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "crypto/base/result.h"

namespace tocsin {

inline constexpr std::size_t kMaxDetailsBytes = 64 * 1024;

// Refuses names not in `allowed`: a typing error must not silently drop a line of an alert.
Result<std::map<std::string, std::string>> parse_details(std::string_view toml,
                                                         std::span<const std::string_view> allowed);

}  // namespace tocsin

#include "client/store/details_file.h"

#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

#include <algorithm>

#include "client/codes.h"

namespace tocsin {

Result<std::map<std::string, std::string>> parse_details(
    std::string_view toml, std::span<const std::string_view> allowed) {
  if (toml.size() > kMaxDetailsBytes) return fail(kTooLarge, "details file");
  const toml::parse_result parsed = toml::parse(toml);
  if (!parsed) return fail(kClientBadUsage, "details file", parsed.error().source().begin.line);
  std::map<std::string, std::string> details;
  for (const auto& [key, node] : parsed.table()) {
    const std::string name(key.str());
    const toml::value<std::string>* text = node.as_string();
    if (text == nullptr || std::find(allowed.begin(), allowed.end(), name) == allowed.end()) {
      return fail(kClientBadUsage, "details file", node.source().begin.line);
    }
    details[name] = text->get();
  }
  return details;
}

}  // namespace tocsin

#include "client/store/details_file.h"

#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

#include <algorithm>
#include <optional>

namespace tocsin {
namespace {

// One text, or the texts of a list; nothing when it is anything else.
std::optional<std::vector<std::string>> texts_of(const toml::node& node, bool several) {
  if (const auto* text = node.as_string(); text != nullptr) return std::vector{text->get()};
  const toml::array* list = node.as_array();
  if (list == nullptr || !several) return std::nullopt;
  std::vector<std::string> texts;
  for (const toml::node& item : *list) {
    const auto* text = item.as_string();
    if (text == nullptr) return std::nullopt;
    texts.push_back(text->get());
  }
  return texts;
}

}  // namespace

std::expected<Details, DetailsRefusal> parse_details(std::string_view toml,
                                                     std::span<const DetailName> allowed) {
  using enum DetailsFault;
  if (toml.size() > kMaxDetailsBytes) return std::unexpected(DetailsRefusal{kTooLong, 0, {}});
  const toml::parse_result parsed = toml::parse(toml);
  if (!parsed)
    return std::unexpected(DetailsRefusal{kNotToml, parsed.error().source().begin.line, {}});
  Details details;
  for (const auto& [key, node] : parsed.table()) {
    std::string name(key.str());
    const std::int64_t line = key.source().begin.line;
    const auto known = std::ranges::find(allowed, name, &DetailName::name);
    if (known == allowed.end())
      return std::unexpected(DetailsRefusal{kUnknownName, line, std::move(name)});
    std::optional<std::vector<std::string>> texts = texts_of(node, known->several);
    if (!texts.has_value()) return std::unexpected(DetailsRefusal{kNotText, line, std::move(name)});
    details.emplace(std::move(name), std::move(*texts));
  }
  return details;
}

}  // namespace tocsin

#include "protocol/alert/charter.h"

#include <algorithm>

#include "crypto/base/codec.h"
#include "crypto/box/hash.h"
#include "protocol/alert/text.h"
#include "protocol/codes.h"

namespace tocsin {
namespace {

constexpr std::uint8_t kCharterFormat = 1;

Status check_name(std::string_view name) {
  if (name.empty()) return fail(kBadCharter, "empty name");
  return check_plain_text(name, {.max_bytes = kMaxNameText});
}

Status check_names(const std::vector<LocalName>& names) {
  if (names.empty() || names.size() > kMaxCharterNames)
    return fail(kBadCharter, "number of names", static_cast<std::int64_t>(names.size()));
  for (std::size_t i = 0; i < names.size(); ++i) {
    TRY(check_name(names[i].name));
    TRY(check_language(names[i].language));
    if (i > 0 && names[i].language <= names[i - 1].language)
      return fail(kBadCharter, "order of names", static_cast<std::int64_t>(i));
  }
  return {};
}

Status check_holders(const std::vector<Holder>& holders) {
  if (holders.empty() || holders.size() > kMaxHolders)
    return fail(kBadCharter, "number of holders", static_cast<std::int64_t>(holders.size()));
  for (std::size_t i = 0; i < holders.size(); ++i) {
    TRY(check_name(holders[i].name));
    TRY(check_signing_public(holders[i].alert_key));
    for (std::size_t j = 0; j < i; ++j) {
      if (holders[j].alert_key == holders[i].alert_key)
        return fail(kBadCharter, "one key twice", static_cast<std::int64_t>(i));
      if (holders[j].name == holders[i].name)
        return fail(kBadCharter, "one holder twice", static_cast<std::int64_t>(i));
    }
  }
  return {};
}

Status check_charter(const Charter& charter) {
  const bool first = charter.version == 1;
  if (charter.version == 0 || charter.version > kMaxCharterVersions)
    return fail(kBadCharter, "version", charter.version);
  if (charter.id.is_zero() != first || charter.previous.is_zero() != first)
    return fail(kBadCharter, "place in the chain", charter.version);
  TRY(check_names(charter.names));
  TRY(check_holders(charter.holders));
  if (charter.threshold < 1 || charter.threshold > charter.holders.size())
    return fail(kBadCharter, "threshold", charter.threshold);
  return {};
}

}  // namespace

Status check_language(const LanguageCode& language) {
  const bool letters =
      std::ranges::all_of(language.view(), [](std::uint8_t c) { return c >= 'a' && c <= 'z'; });
  if (!letters) return fail(kMalformed, "language code");
  return {};
}

Result<Bytes> encode_charter(const Charter& charter) {
  TRY(check_charter(charter));
  Writer writer;
  writer.integer(kCharterFormat).integer(charter.version);
  writer.raw(charter.id.view()).raw(charter.previous.view());
  writer.integer(charter.issued.value).integer(charter.threshold);
  writer.integer(static_cast<std::uint8_t>(charter.names.size()));
  for (const LocalName& name : charter.names)
    writer.raw(name.language.view()).short_field(as_bytes(name.name));
  writer.integer(static_cast<std::uint8_t>(charter.holders.size()));
  for (const Holder& holder : charter.holders)
    writer.raw(holder.alert_key.view()).short_field(as_bytes(holder.name));
  return std::move(writer).take();
}

Result<Charter> decode_charter(BytesView body) {
  Reader reader(body);
  if (const auto format = reader.integer<std::uint8_t>(); format != kCharterFormat)
    return fail(kUnsupportedVersion, "charter", format);
  Charter charter;
  charter.version = reader.integer<std::uint32_t>();
  charter.id = reader.fixed<CharterId>();
  charter.previous = reader.fixed<CharterHash>();
  charter.issued = Day{reader.integer<std::uint32_t>()};
  charter.threshold = reader.integer<std::uint8_t>();
  const auto names = reader.integer<std::uint8_t>();
  for (std::size_t i = 0; i < names && reader.ok(); ++i) {
    const auto language = reader.fixed<LanguageCode>();
    charter.names.push_back({language, std::string(as_text(reader.short_field(kMaxNameText)))});
  }
  const auto holders = reader.integer<std::uint8_t>();
  for (std::size_t i = 0; i < holders && reader.ok(); ++i) {
    const auto key = reader.fixed<SigningPublic>();
    charter.holders.push_back({std::string(as_text(reader.short_field(kMaxNameText))), key});
  }
  TRY(reader.finish("charter"));
  TRY(check_charter(charter));
  return charter;
}

CharterId charter_id_of(BytesView first_body) {
  return blake2b_of<CharterId>({label_bytes(Label::kCharterId), first_body});
}

CharterHash charter_hash_of(BytesView body) {
  return blake2b_of<CharterHash>({label_bytes(Label::kCharterHash), body});
}

const std::string& charter_name(const Charter& charter, const LanguageCode& language) {
  const auto in = [&charter](const LanguageCode& code) {
    return std::ranges::find(charter.names, code, &LocalName::language);
  };
  auto found = in(language);
  if (found == charter.names.end()) found = in(LanguageCode({'e', 'n'}));
  if (found == charter.names.end()) found = charter.names.begin();
  return found->name;
}

std::vector<std::size_t> signing_holders(const Dsse& envelope, const Charter& charter) {
  std::vector<SigningPublic> keys;
  keys.reserve(charter.holders.size());
  for (const Holder& holder : charter.holders) keys.push_back(holder.alert_key);
  return valid_signers(envelope, keys);
}

std::optional<std::size_t> holder_of(const std::vector<Holder>& holders, const SigningPublic& key) {
  const auto found = std::ranges::find(holders, key, &Holder::alert_key);
  if (found == holders.end()) return std::nullopt;
  return static_cast<std::size_t>(found - holders.begin());
}

}  // namespace tocsin

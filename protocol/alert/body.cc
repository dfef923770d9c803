#include "protocol/alert/body.h"

#include <algorithm>

#include "crypto/base/codec.h"
#include "crypto/box/hash.h"
#include "protocol/alert/body_rules.h"
#include "protocol/codes.h"

namespace tocsin {
namespace {

constexpr std::uint8_t kBodyFormat = 1;

void write_optional(Writer& writer, const std::optional<AlertId>& id) {
  writer.raw(id.value_or(AlertId{}).view());
}

std::optional<AlertId> read_optional(Reader& reader) {
  const auto id = reader.fixed<AlertId>();
  return id.is_zero() ? std::nullopt : std::optional(id);
}

void write_steps(Writer& writer, const std::vector<Step>& steps) {
  writer.integer(static_cast<std::uint8_t>(steps.size()));
  for (const Step& step : steps) writer.integer(step.phrase).short_field(as_bytes(step.text));
}

std::vector<Step> read_steps(Reader& reader) {
  std::vector<Step> steps;
  const auto count = reader.integer<std::uint8_t>();
  for (std::size_t i = 0; i < count && reader.ok(); ++i) {
    const auto phrase = reader.integer<std::uint16_t>();
    steps.push_back({phrase, std::string(as_text(reader.short_field(kMaxStepText)))});
  }
  return steps;
}

std::string read_text(Reader& reader, std::size_t max) {
  return std::string(as_text(reader.short_field(max)));
}

}  // namespace

Result<Bytes> encode_alert_body(const AlertBody& body) {
  TRY(check_alert_body(body));
  Writer writer;
  writer.integer(kBodyFormat).raw(body.id.view());
  writer.integer(static_cast<std::uint8_t>(body.kind));
  writer.integer(static_cast<std::uint8_t>(body.level));
  writer.integer(static_cast<std::uint8_t>(body.confidence));
  writer.integer(static_cast<std::uint8_t>(body.basis.size()));
  for (const Basis basis : body.basis) writer.integer(static_cast<std::uint8_t>(basis));
  writer.raw(body.charter_id.view()).raw(body.charter_hash.view()).integer(body.charter_version);
  writer.raw(body.recipient.view());
  writer.integer(body.issued.value).integer(body.window_from.value);
  writer.integer(body.window_until.value).integer(body.valid_until.value);
  write_optional(writer, body.supersedes);
  write_optional(writer, body.withdraws);
  writer.raw(body.catalogue.view()).raw(body.text_language.view());
  writer.integer(static_cast<std::uint8_t>(body.page_languages.size()));
  for (const LanguageCode& language : body.page_languages) writer.raw(language.view());
  write_steps(writer, body.do_first);
  write_steps(writer, body.do_not);
  for (const std::string* text : {&body.family, &body.device, &body.call, &body.text})
    writer.short_field(as_bytes(*text));
  return std::move(writer).take();
}

Result<AlertBody> decode_alert_body(BytesView bytes) {
  if (bytes.size() > kMaxAlertBody)
    return fail(kTooLarge, "alert body", static_cast<std::int64_t>(bytes.size()));
  Reader reader(bytes);
  if (const auto format = reader.integer<std::uint8_t>(); format != kBodyFormat)
    return fail(kUnsupportedVersion, "alert body", format);
  AlertBody body;
  body.id = reader.fixed<AlertId>();
  body.kind = static_cast<AlertKind>(reader.integer<std::uint8_t>());
  body.level = static_cast<AlertLevel>(reader.integer<std::uint8_t>());
  body.confidence = static_cast<Confidence>(reader.integer<std::uint8_t>());
  const auto basis = reader.integer<std::uint8_t>();
  for (std::size_t i = 0; i < basis && reader.ok(); ++i)
    body.basis.push_back(static_cast<Basis>(reader.integer<std::uint8_t>()));
  body.charter_id = reader.fixed<CharterId>();
  body.charter_hash = reader.fixed<CharterHash>();
  body.charter_version = reader.integer<std::uint32_t>();
  body.recipient = reader.fixed<RecipientDigest>();
  for (Day* day : {&body.issued, &body.window_from, &body.window_until, &body.valid_until})
    day->value = reader.integer<std::uint32_t>();
  body.supersedes = read_optional(reader);
  body.withdraws = read_optional(reader);
  body.catalogue = reader.fixed<CatalogueHash>();
  body.text_language = reader.fixed<LanguageCode>();
  const auto languages = reader.integer<std::uint8_t>();
  for (std::size_t i = 0; i < languages && reader.ok(); ++i)
    body.page_languages.push_back(reader.fixed<LanguageCode>());
  body.do_first = read_steps(reader);
  body.do_not = read_steps(reader);
  body.family = read_text(reader, kMaxFamilyText);
  body.device = read_text(reader, kMaxDeviceText);
  body.call = read_text(reader, kMaxCallText);
  body.text = read_text(reader, kMaxFreeText);
  TRY(reader.finish("alert body"));
  TRY(check_alert_body(body));
  return body;
}

AlertBodyHash alert_body_hash(BytesView body) {
  return blake2b_of<AlertBodyHash>({label_bytes(Label::kAlertBody), body});
}

RecipientDigest recipient_digest(const RecipientNonce& nonce, const IdentityPublic& recipient) {
  return keyed_blake2b_of<RecipientDigest>(nonce.view(),
                                           {label_bytes(Label::kRecipient), recipient.view()});
}

namespace {
constexpr std::uint8_t kMessageFormat = 1;
}

Result<Bytes> encode_alert_message(const AlertMessage& message) {
  const Bytes envelope = TRY(encode_dsse(message.envelope));
  Writer writer;
  writer.integer(kMessageFormat).raw(message.nonce.view()).raw(envelope);
  return std::move(writer).take();
}

Result<AlertMessage> decode_alert_message(BytesView bytes) {
  if (bytes.size() > kMaxAlertMessage)
    return fail(kTooLarge, "alert message", static_cast<std::int64_t>(bytes.size()));
  Reader reader(bytes);
  if (const auto format = reader.integer<std::uint8_t>(); format != kMessageFormat)
    return fail(kUnsupportedVersion, "alert message", format);
  const auto nonce = reader.fixed<RecipientNonce>();
  Dsse envelope = TRY(decode_dsse(reader.rest(), DocumentKind::kAlert));
  return AlertMessage{nonce, std::move(envelope)};
}

}  // namespace tocsin

#include <nlohmann/json.hpp>

#include "protocol/alert/dsse.h"
#include "protocol/codes.h"

namespace tocsin {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxJson = 2 * (kMaxCharterBody + kMaxAlertBody + kMaxDsseSignatureBytes);

// With padding, which every other tool's decoder takes.
constexpr Base64Padding kPadding = Base64Padding::kWith;

Result<std::string> string_member(const Json& object, const char* name) {
  const auto member = object.find(name);
  if (member == object.end() || !member->is_string()) return fail(kMalformed, name);
  return member->get<std::string>();
}

Result<DsseSignature> signature_of(const Json& object) {
  if (!object.is_object() || object.size() != 2) return fail(kMalformed, "signature members");
  const Bytes hint = TRY(from_hex(TRY(string_member(object, "keyid"))));
  const Bytes signature = TRY(from_base64(TRY(string_member(object, "sig")), kPadding));
  const KeyHint key = TRY(KeyHint::from(hint));
  const Signature made = TRY(Signature::from(signature));
  return DsseSignature{key, made};
}

Result<Dsse> envelope_of(const Json& object, DocumentKind expected) {
  if (!object.is_object() || object.size() != 3) return fail(kMalformed, "envelope members");
  if (TRY(string_member(object, "payloadType")) != payload_type(expected))
    return fail(kMalformed, "payloadType");
  Dsse envelope{.kind = expected, .body = {}, .signatures = {}};
  envelope.body = TRY(from_base64(TRY(string_member(object, "payload")), kPadding));
  const auto signatures = object.find("signatures");
  if (signatures == object.end() || !signatures->is_array() || signatures->size() > kMaxSignatures)
    return fail(kMalformed, "signatures");
  for (const Json& signature : *signatures)
    envelope.signatures.push_back(TRY(signature_of(signature)));
  TRY(encode_dsse(envelope));  // the same bounds as the binary form
  return envelope;
}

Result<Json> object_of(const Dsse& envelope) {
  TRY(encode_dsse(envelope));
  Json signatures = Json::array();
  for (const DsseSignature& signature : envelope.signatures) {
    signatures.push_back({{"keyid", to_hex(signature.hint.view())},
                          {"sig", to_base64(signature.signature.view(), kPadding)}});
  }
  return Json{{"payload", to_base64(envelope.body, kPadding)},
              {"payloadType", payload_type(envelope.kind)},
              {"signatures", std::move(signatures)}};
}

}  // namespace

Result<std::string> dsse_to_json(const Dsse& envelope) {
  return TRY(object_of(envelope)).dump(2) + "\n";
}
Result<std::string> dsse_to_json_line(const Dsse& envelope) {
  return TRY(object_of(envelope)).dump();
}

Result<Dsse> dsse_from_json(std::string_view json, DocumentKind expected) {
  if (json.size() > kMaxJson)
    return fail(kTooLarge, "JSON envelope", static_cast<std::int64_t>(json.size()));
  // Nothing of the library throws past here: parsing reports by value, the members are checked.
  const Json object = Json::parse(json, nullptr, false);
  if (object.is_discarded()) return fail(kMalformed, "JSON");
  return envelope_of(object, expected);
}

}  // namespace tocsin

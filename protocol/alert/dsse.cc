#include "protocol/alert/dsse.h"

#include <algorithm>

#include "crypto/base/codec.h"
#include "protocol/codes.h"

namespace tocsin {
namespace {

constexpr std::uint8_t kEnvelopeVersion = 1;

Status check_shape(const Dsse& envelope) {
  if (envelope.body.empty() || envelope.body.size() > max_document_body(envelope.kind))
    return fail(kTooLarge, "document body", static_cast<std::int64_t>(envelope.body.size()));
  if (envelope.signatures.empty() || envelope.signatures.size() > kMaxSignatures) {
    return fail(kMalformed, "signature count",
                static_cast<std::int64_t>(envelope.signatures.size()));
  }
  return {};
}

}  // namespace

std::string_view payload_type(DocumentKind kind) {
  switch (kind) {
    case DocumentKind::kAlert:
      return "application/vnd.tocsin.alert.v1";
    case DocumentKind::kCharter:
      return "application/vnd.tocsin.charter.v1";
    case DocumentKind::kCustody:
      return "application/vnd.tocsin.custody.v1";
    case DocumentKind::kHandOver:
      return "application/vnd.tocsin.handover.v1";
  }
  return {};
}

std::size_t max_document_body(DocumentKind kind) {
  switch (kind) {
    case DocumentKind::kAlert:
      return kMaxAlertBody;
    case DocumentKind::kCharter:
      return kMaxCharterBody;
    case DocumentKind::kCustody:
    case DocumentKind::kHandOver:
      return kMaxCustodyBody;
  }
  return 0;
}

KeyHint key_hint(const SigningPublic& key) {
  KeyHint hint;
  copy_exact(key.view().first(KeyHint::kBytes), hint.mutable_view());
  return hint;
}

Bytes pre_authentication_encoding(DocumentKind kind, BytesView body) {
  const std::string_view type = payload_type(kind);
  const std::string head = "DSSEv1 " + std::to_string(type.size()) + " " + std::string(type) + " " +
                           std::to_string(body.size()) + " ";
  return concat({as_bytes(head), body});
}

DsseSignature sign_document(const SigningSecret& secret, DocumentKind kind, BytesView body) {
  return {key_hint(signing_public_of(secret)),
          sign_bytes(secret, pre_authentication_encoding(kind, body))};
}

std::vector<std::size_t> valid_signers(const Dsse& envelope, std::span<const SigningPublic> keys) {
  const Bytes signed_bytes = pre_authentication_encoding(envelope.kind, envelope.body);
  std::vector<std::size_t> signers;
  std::vector<SigningPublic> tried;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const SigningPublic& key = keys[i];
    const auto claims_it = [hint = key_hint(key)](const DsseSignature& candidate) {
      return candidate.hint == hint;
    };
    if (std::ranges::none_of(envelope.signatures, claims_it)) continue;
    if (std::ranges::find(tried, key) != tried.end()) continue;
    tried.push_back(key);
    const bool valid = check_signing_public(key).has_value() &&
                       std::ranges::any_of(envelope.signatures, [&](const auto& candidate) {
                         return claims_it(candidate) &&
                                verify_bytes(key, signed_bytes, candidate.signature).has_value();
                       });
    if (valid) signers.push_back(i);
  }
  return signers;
}

Result<Bytes> encode_dsse(const Dsse& envelope) {
  TRY(check_shape(envelope));
  Writer writer;
  writer.integer(kEnvelopeVersion).integer(static_cast<std::uint8_t>(envelope.kind));
  writer.long_field(envelope.body);
  writer.integer(static_cast<std::uint8_t>(envelope.signatures.size()));
  for (const DsseSignature& signature : envelope.signatures)
    writer.raw(signature.hint.view()).raw(signature.signature.view());
  return std::move(writer).take();
}

Result<Dsse> decode_dsse(BytesView bytes, DocumentKind expected) {
  Reader reader(bytes);
  if (const auto version = reader.integer<std::uint8_t>(); version != kEnvelopeVersion)
    return fail(kUnsupportedVersion, "document envelope", version);
  if (const auto kind = reader.integer<std::uint8_t>(); kind != static_cast<std::uint8_t>(expected))
    return fail(kMalformed, "document kind", kind);
  Dsse envelope{.kind = expected, .body = {}, .signatures = {}};
  envelope.body = to_bytes(reader.long_field(max_document_body(expected)));
  const auto count = reader.integer<std::uint8_t>();
  for (std::size_t i = 0; i < std::min<std::size_t>(count, kMaxSignatures + 1); ++i) {
    const auto hint = reader.fixed<KeyHint>();
    envelope.signatures.push_back({hint, reader.fixed<Signature>()});
  }
  TRY(reader.finish("document envelope"));
  TRY(check_shape(envelope));
  return envelope;
}

}  // namespace tocsin

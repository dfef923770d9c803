#include "protocol/alert/founding.h"

#include "crypto/base/codec.h"
#include "crypto/base/overloaded.h"
#include "protocol/alert/text.h"
#include "protocol/codes.h"

namespace tocsin {
namespace {

constexpr std::uint8_t kCharterMessageVersion = 1;
enum class Kind : std::uint8_t {
  kRequest = 1,
  kKey = 2,
  kProposal = 3,
  kSignature = 4,
  kOffer = 5
};

Writer begin(Kind kind) {
  Writer writer;
  writer.integer(kCharterMessageVersion).integer(static_cast<std::uint8_t>(kind));
  return writer;
}

Status check_name(std::string_view name) {
  if (name.empty()) return fail(kMalformed, "founding name");
  return check_plain_text(name, {.max_bytes = kMaxNameText, .line_breaks = LineBreaks::kForbidden});
}

Result<Bytes> encode(const FoundingRequest& request) {
  TRY(check_name(request.organisation));
  TRY(check_name(request.holder));
  return begin(Kind::kRequest)
      .raw(request.id.view())
      .integer(request.threshold)
      .short_field(as_bytes(request.organisation))
      .short_field(as_bytes(request.holder))
      .bytes();
}

Result<FoundingRequest> decode_request(Reader& reader) {
  FoundingRequest request;
  request.id = reader.fixed<FoundingId>();
  request.threshold = reader.integer<std::uint8_t>();
  request.organisation = std::string(as_text(reader.short_field(kMaxNameText)));
  request.holder = std::string(as_text(reader.short_field(kMaxNameText)));
  TRY(reader.finish("founding request"));
  TRY(check_name(request.organisation));
  TRY(check_name(request.holder));
  if (request.threshold == 0 || request.threshold > kMaxHolders)
    return fail(kOutOfRange, "founding threshold");
  return request;
}

Result<FoundingKey> decode_key(Reader& reader) {
  FoundingKey key{reader.fixed<FoundingId>(), reader.fixed<SigningPublic>(),
                  reader.fixed<Signature>()};
  TRY(reader.finish("founding key"));
  TRY(check_signing_public(key.alert_key));
  return key;
}

Result<CharterProposal> decode_proposal(Reader& reader) {
  CharterProposal proposal{.id = reader.fixed<FoundingId>(), .envelope = {}};
  const BytesView envelope = reader.long_field(kMaxCharterEnvelope);
  TRY(reader.finish("charter proposal"));
  proposal.envelope = TRY(decode_dsse(envelope, DocumentKind::kCharter));
  return proposal;
}

Result<CharterSignature> decode_signature(Reader& reader) {
  CharterSignature signature{reader.fixed<FoundingId>(),
                             {reader.fixed<KeyHint>(), reader.fixed<Signature>()}};
  TRY(reader.finish("charter signature"));
  return signature;
}

Result<CharterOffer> decode_offer(Reader& reader) {
  CharterOffer offer{.id = reader.fixed<CharterId>(), .chain = {}};
  offer.chain = to_bytes(reader.long_field(kMaxCharterVersions * kMaxCharterEnvelope));
  TRY(reader.finish("charter offer"));
  return offer;
}

// What the holder's proof is made over, below a label of its own; names are length-prefixed, so
// that no letter can move from one to the other.
Bytes proof_text(const FoundingRequest& request, const SigningPublic& key) {
  Writer writer;
  writer.raw(request.id.view()).short_field(as_bytes(request.organisation));
  writer.short_field(as_bytes(request.holder)).raw(key.view());
  return std::move(writer).take();
}

}  // namespace

Result<Bytes> encode_charter_message(const CharterMessage& message) {
  return std::visit(
      Overloaded{
          [](const FoundingRequest& request) -> Result<Bytes> { return encode(request); },
          [](const FoundingKey& key) -> Result<Bytes> {
            return begin(Kind::kKey)
                .raw(key.id.view())
                .raw(key.alert_key.view())
                .raw(key.proof.view())
                .bytes();
          },
          [](const CharterProposal& proposal) -> Result<Bytes> {
            return begin(Kind::kProposal)
                .raw(proposal.id.view())
                .long_field(TRY(encode_dsse(proposal.envelope)))
                .bytes();
          },
          [](const CharterSignature& signature) -> Result<Bytes> {
            return begin(Kind::kSignature)
                .raw(signature.id.view())
                .raw(signature.signature.hint.view())
                .raw(signature.signature.signature.view())
                .bytes();
          },
          [](const CharterOffer& offer) -> Result<Bytes> {
            return begin(Kind::kOffer).raw(offer.id.view()).long_field(offer.chain).bytes();
          },
      },
      message);
}

Result<CharterMessage> decode_charter_message(BytesView bytes) {
  Reader reader(bytes);
  const auto version = reader.integer<std::uint8_t>();
  const auto kind = static_cast<Kind>(reader.integer<std::uint8_t>());
  if (!reader.ok()) return fail(kMalformed, "charter message");
  if (version != kCharterMessageVersion)
    return fail(kUnsupportedVersion, "charter message", version);
  switch (kind) {
    case Kind::kRequest:
      return TRY(decode_request(reader));
    case Kind::kKey:
      return TRY(decode_key(reader));
    case Kind::kProposal:
      return TRY(decode_proposal(reader));
    case Kind::kSignature:
      return TRY(decode_signature(reader));
    case Kind::kOffer:
      return TRY(decode_offer(reader));
  }
  return fail(kMalformed, "charter message kind", static_cast<std::int64_t>(kind));
}

FoundingKey answer_founding(const FoundingRequest& request, const SigningSecret& secret) {
  const SigningPublic key = signing_public_of(secret);
  return {request.id, key, sign(secret, Label::kFounding, {proof_text(request, key)})};
}

Status check_founding_key(const FoundingRequest& request, const FoundingKey& key) {
  if (key.id != request.id) return fail(kMalformed, "founding id");
  return verify(key.alert_key, Label::kFounding, {proof_text(request, key.alert_key)}, key.proof);
}

}  // namespace tocsin

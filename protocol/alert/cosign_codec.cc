#include "crypto/base/codec.h"
#include "protocol/alert/cosign.h"
#include "protocol/alert/text.h"

namespace tocsin {
namespace {

constexpr std::uint8_t kRequestFormat = 1;
constexpr std::uint8_t kAnswerFormat = 1;
constexpr std::uint8_t kSigned = 1;
constexpr std::uint8_t kRefused = 2;

Status check_request(const CosignRequest& request) {
  if (request.verified < RecipientVerified::kNotVerified ||
      request.verified > RecipientVerified::kInPerson)
    return fail(kForbiddenValue, "how verified", static_cast<std::int64_t>(request.verified));
  TRY(check_plain_text(request.case_label, {.max_bytes = kMaxCaseLabel}));
  TRY(check_plain_text(request.note,
                       {.max_bytes = kMaxReasonText, .line_breaks = LineBreaks::kAllowed}));
  if (request.body.empty() || request.body.size() > kMaxAlertBody)
    return fail(kTooLarge, "body", static_cast<std::int64_t>(request.body.size()));
  return {};
}

Status check_refusal(const CosignRefusal& refusal) {
  if (refusal.reason < RefusalReason::kWrongPerson || refusal.reason > RefusalReason::kOther)
    return fail(kForbiddenValue, "reason", static_cast<std::int64_t>(refusal.reason));
  return check_plain_text(refusal.words,
                          {.max_bytes = kMaxReasonText, .line_breaks = LineBreaks::kAllowed});
}

}  // namespace

Result<Bytes> encode_cosign_request(const CosignRequest& request) {
  TRY(check_request(request));
  Writer writer;
  writer.integer(kRequestFormat).short_field(as_bytes(request.case_label));
  writer.integer(static_cast<std::uint8_t>(request.verified)).short_field(as_bytes(request.note));
  writer.raw(request.recipient.view()).raw(request.nonce.view()).long_field(request.body);
  return std::move(writer).take();
}

Result<CosignRequest> decode_cosign_request(BytesView bytes) {
  Reader reader(bytes);
  if (const auto format = reader.integer<std::uint8_t>(); format != kRequestFormat)
    return fail(kUnsupportedVersion, "co-signing request", format);
  CosignRequest request;
  request.case_label = std::string(as_text(reader.short_field(kMaxCaseLabel)));
  request.verified = static_cast<RecipientVerified>(reader.integer<std::uint8_t>());
  request.note = std::string(as_text(reader.short_field(kMaxReasonText)));
  request.recipient = reader.fixed<IdentityPublic>();
  request.nonce = reader.fixed<RecipientNonce>();
  request.body = to_bytes(reader.long_field(kMaxAlertBody));
  TRY(reader.finish("co-signing request"));
  TRY(check_request(request));
  return request;
}

Result<Bytes> encode_cosign_answer(const CosignAnswer& answer) {
  Writer writer;
  writer.integer(kAnswerFormat);
  if (const auto* signature = std::get_if<CosignSignature>(&answer)) {
    writer.integer(kSigned).raw(signature->body.view());
    writer.raw(signature->signature.hint.view()).raw(signature->signature.signature.view());
  } else {
    const auto& refusal = std::get<CosignRefusal>(answer);
    TRY(check_refusal(refusal));
    writer.integer(kRefused).raw(refusal.body.view());
    writer.integer(static_cast<std::uint8_t>(refusal.reason)).short_field(as_bytes(refusal.words));
  }
  return std::move(writer).take();
}

Result<CosignAnswer> decode_cosign_answer(BytesView bytes) {
  Reader reader(bytes);
  if (const auto format = reader.integer<std::uint8_t>(); format != kAnswerFormat)
    return fail(kUnsupportedVersion, "co-signing answer", format);
  const auto outcome = reader.integer<std::uint8_t>();
  const auto body = reader.fixed<AlertBodyHash>();
  if (outcome == kSigned) {
    const auto hint = reader.fixed<KeyHint>();
    const CosignSignature signature{body, {hint, reader.fixed<Signature>()}};
    TRY(reader.finish("co-signature"));
    return signature;
  }
  if (outcome != kRefused) return fail(kMalformed, "co-signing answer", outcome);
  CosignRefusal refusal{.body = body, .reason = RefusalReason::kOther, .words = {}};
  refusal.reason = static_cast<RefusalReason>(reader.integer<std::uint8_t>());
  refusal.words = std::string(as_text(reader.short_field(kMaxReasonText)));
  TRY(reader.finish("refusal"));
  TRY(check_refusal(refusal));
  return refusal;
}

}  // namespace tocsin

#include "protocol/alert/cosign.h"

#include <algorithm>

#include "crypto/base/codec.h"
#include "crypto/ratchet/fingerprint.h"
#include "protocol/alert/phrases/catalogue.h"
#include "protocol/alert/text.h"

namespace tocsin {
namespace {

// The page a co-signer sees must be the page the recipient will see: every step's text is this
// catalogue's.
Status check_catalogue(const AlertBody& body) {
  if (body.catalogue != catalogue_hash()) return fail(kCatalogueDiffers, "catalogue hash");
  for (const auto* steps : {&body.do_first, &body.do_not}) {
    for (const Step& step : *steps) {
      const auto phrase = phrase_of(step.phrase);
      if (!phrase || phrase_text(Language::kEnglish, *phrase).text != step.text)
        return fail(kCatalogueDiffers, "phrase", step.phrase);
    }
  }
  return {};
}

Result<std::size_t> holder_of(const Charter& charter, const KeyHint& hint, const Dsse& envelope) {
  bool named = false;
  for (const Holder& holder : charter.holders) named |= key_hint(holder.alert_key) == hint;
  if (!named) return fail(kNotAHolder, "signature");
  const std::vector<std::size_t> signers = signing_holders(envelope, charter);
  if (signers.empty()) return fail(kBadSignature, "co-signature");
  return signers.front();
}

}  // namespace

Result<CheckedRequest> check_cosign_request(const CosignRequest& request, const CharterChain& chain,
                                            Day today) {
  AlertBody body = TRY(decode_alert_body(request.body));
  if (body.charter_id != chain.id()) return fail(kForbiddenValue, "another organisation");
  if (body.charter_hash != chain.newest().hash ||
      body.charter_version != chain.newest().charter.version)
    return fail(kCharterNotNewest, "co-signing request", body.charter_version);
  TRY(check_catalogue(body));
  if (body.valid_until < today) return fail(kForbiddenValue, "expired", body.valid_until.value);
  if (recipient_digest(request.nonce, request.recipient) != body.recipient)
    return fail(kWrongRecipient, "co-signing request");
  std::string half = TRY(tocsin::safety_half(request.recipient));
  return CheckedRequest(request, std::move(body), std::move(half));
}

Result<CosignSignature> cosign(const CheckedRequest& checked, const CharterChain& chain,
                               const SigningSecret& secret) {
  const Charter& charter = chain.newest().charter;
  if (checked.body().charter_hash != chain.newest().hash)
    return fail(kCharterNotNewest, "co-signing", charter.version);
  const SigningPublic key = signing_public_of(secret);
  if (std::ranges::find(charter.holders, key, &Holder::alert_key) == charter.holders.end())
    return fail(kNotAHolder, "co-signing");
  const Bytes& body = checked.request().body;
  return CosignSignature{alert_body_hash(body), sign_document(secret, DocumentKind::kAlert, body)};
}

Result<CosignRefusal> refuse_to_cosign(const CheckedRequest& checked, RefusalReason reason,
                                       std::string_view words) {
  TRY(check_plain_text(words, {.max_bytes = kMaxReasonText, .line_breaks = LineBreaks::kAllowed}));
  return CosignRefusal{alert_body_hash(checked.request().body), reason, std::string(words)};
}

Result<AlertAssembly> AlertAssembly::start(const CosignRequest& request, const Charter& charter) {
  const AlertBody body = TRY(decode_alert_body(request.body));
  if (charter_hash_of(TRY(encode_charter(charter))) != body.charter_hash)
    return fail(kCharterNotNewest, "assembly", charter.version);
  if (recipient_digest(request.nonce, request.recipient) != body.recipient)
    return fail(kWrongRecipient, "assembly");
  return AlertAssembly(request, charter);
}

Status AlertAssembly::add(const CosignSignature& signature) {
  if (signature.body != alert_body_hash(request_.body))
    return fail(kForbiddenValue, "signature over another body");
  const Dsse one{DocumentKind::kAlert, request_.body, {signature.signature}};
  const std::size_t holder = TRY(holder_of(charter_, signature.signature.hint, one));
  signatures_.try_emplace(holder, signature.signature);
  return {};
}

std::vector<std::size_t> AlertAssembly::holders() const {
  std::vector<std::size_t> holders;
  holders.reserve(signatures_.size());
  for (const auto& [holder, signature] : signatures_) holders.push_back(holder);
  return holders;
}

Result<AlertMessage> AlertAssembly::finish() const {
  if (!complete())
    return fail(kTooFewSigners, "assembly", static_cast<std::int64_t>(signatures_.size()));
  AlertMessage message{request_.nonce, {DocumentKind::kAlert, request_.body, {}}};
  for (const auto& [holder, signature] : signatures_)
    message.envelope.signatures.push_back(signature);
  return message;
}

}  // namespace tocsin

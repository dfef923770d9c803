#include "protocol/pairing/issue_card.h"

#include "crypto/box/sign.h"
#include "crypto/ratchet/identity.h"

namespace tocsin {

Result<Bytes> issue_card(const CardOrder& order, const IssuerKeys& keys, Rng& rng) {
  Card card{.kind = order.kind,
            .number = order.number,
            .from = order.from,
            .until = order.until,
            .identity = identity_public_of(keys.identity_secret),
            .signing = {},
            .prekey_id = order.prekey_id,
            .prekey = order.prekey,
            .prekey_signature = {},
            .kem = order.kem,
            .charter = order.charter,
            .routes = order.routes,
            .identity_proof = {},
            .signature = {}};
  if (keys.signing_secret != nullptr) card.signing = signing_public_of(*keys.signing_secret);
  card.prekey_signature = TRY(sign_prekey(keys.identity_secret, card.prekey, rng));
  card.identity_proof =
      TRY(identity_sign(keys.identity_secret, {Label::kIdentity, card.signing.view()}, rng));
  Bytes bytes = TRY(encode_card(card));
  if (keys.signing_secret == nullptr) return bytes;
  const std::size_t signed_size = bytes.size() - Signature::kBytes;
  const Signature signature =
      sign(*keys.signing_secret, Label::kCardSignature, {BytesView(bytes).first(signed_size)});
  copy_exact(signature.view(), MutableBytes(bytes).subspan(signed_size));
  return bytes;
}

}  // namespace tocsin

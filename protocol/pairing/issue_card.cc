#include "protocol/pairing/issue_card.h"

#include <limits>

#include "crypto/box/sign.h"

namespace tocsin {

CardKeyPairs make_card_keys(Rng& rng) { return {make_prekey_pair(rng), make_kem_pair(rng)}; }

CardSecrets secrets_of(CardKeyPairs&& pairs) {
  return {std::move(pairs.prekey.secret), std::move(pairs.kem.secret)};
}

std::uint32_t number_after_restore(std::uint32_t last) {
  constexpr std::uint32_t kEnd = std::numeric_limits<std::uint32_t>::max();
  return last > kEnd - kNumberLeapOfRestore ? kEnd : last + kNumberLeapOfRestore;
}

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

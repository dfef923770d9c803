#include "protocol/pairing/check_card.h"

#include "crypto/box/agree.h"
#include "crypto/box/sign.h"
#include "crypto/ratchet/identity.h"
#include "protocol/codes.h"

namespace tocsin {
namespace {

using Reason = std::optional<CardReason>;

// A version below the highest seen is refused as such even though this program reads no other yet:
// the words differ ("somebody offers an old form" against "update this program").
CardReason undecodable(BytesView bytes, Code code, const CardHistory& history) {
  if (code != kUnsupportedVersion) return CardReason::kNotACard;
  const auto version = Reader(bytes).integer<std::uint16_t>();
  return version < history.highest_version ? CardReason::kVersionRolledBack
                                           : CardReason::kLaterVersion;
}

Reason judge_keys(const Card& card) {
  if (!check_x25519_public(card.identity.view()) || !check_x25519_public(card.prekey.view()))
    return CardReason::kUnusableKey;
  if (!card.signing.is_zero() && !check_signing_public(card.signing))
    return CardReason::kUnusableKey;
  if (card.kem.is_zero()) return CardReason::kNoKem;
  return {};
}

Reason judge_signatures(const Card& card, BytesView bytes) {
  if (!identity_verify(card.identity, {Label::kIdentity, card.signing.view()},
                       card.identity_proof)) {
    return CardReason::kWrongIdentityProof;
  }
  if (!verify_prekey(card.identity, card.prekey, card.prekey_signature))
    return CardReason::kWrongPrekeySignature;
  if (card.signing.is_zero()) return {};  // kind contact: the session authenticates it (PAI-2.4)
  if (!verify(card.signing, Label::kCardSignature, {bytes.first(bytes.size() - Signature::kBytes)},
              card.signature)) {
    return CardReason::kWrongSignature;
  }
  return {};
}

Reason judge_time(const Card& card, Day today) {
  if (today < days_before(card.from, kClockToleranceDays)) return CardReason::kNotYetValid;
  if (today > card.until) return CardReason::kExpired;
  return {};
}

Reason judge_number(const Card& card, const CardId& id, const CardPin& pin,
                    const CardHistory& history) {
  if (card.number < pin.least_number) return CardReason::kNumberBelowLink;
  if (card.number < history.highest_number) return CardReason::kNumberRolledBack;
  if (card.number == history.highest_number && history.card_of_highest &&
      *history.card_of_highest != id) {
    return CardReason::kNumberReused;
  }
  return {};
}

}  // namespace

CardPin pin_of_contact(const IdentityPublic& identity, const SigningPublic& signing) {
  return {CardKind::kContact, commit_identity(identity, signing), 0};
}

std::expected<CheckedCard, CardRefusal> check_card(BytesView card_bytes, const CardPin& pin,
                                                   const CardHistory& history,
                                                   const CardMoment& moment) {
  auto decoded = decode_card(card_bytes);
  if (!decoded) {
    return std::unexpected(CardRefusal{undecodable(card_bytes, decoded.error().code, history),
                                       {},
                                       {},
                                       moment.today,
                                       moment.relay_day});
  }
  CheckedCard checked(std::move(*decoded), to_bytes(card_bytes));
  const Card& card = checked.card();

  // Who it is from comes before when it is from: the days of a forged card mean nothing.
  Reason reason;
  if (history.highest_version > kCardVersion) reason = CardReason::kVersionRolledBack;
  if (!reason && card.kind != pin.kind) reason = CardReason::kWrongKind;
  if (!reason && commit_identity(card.identity, card.signing) != pin.commitment)
    reason = CardReason::kWrongIdentity;
  if (!reason) reason = judge_keys(card);
  if (!reason) reason = judge_signatures(card, checked.bytes());
  if (!reason) reason = judge_time(card, moment.today);
  if (!reason) reason = judge_number(card, checked.id(), pin, history);
  if (reason) {
    return std::unexpected(
        CardRefusal{*reason, card.from, card.until, moment.today, moment.relay_day});
  }
  return checked;
}

CardKeys keys_of(const CheckedCard& checked) {
  const Card& card = checked.card();
  return {checked.id(), card.identity,         card.signing, card.prekey_id,
          card.prekey,  card.prekey_signature, card.kem};
}

Error error_of(const CardRefusal& refusal) {
  return Error{kBadCard, "card check", static_cast<std::int64_t>(refusal.reason)};
}

}  // namespace tocsin

// protocol/pairing/check_card.h: whether a card is the one that was meant (step I1).
//
// Spec:    protocol/spec/pairing.md PAI-4
// Shape:   in   card bytes, what the link or the contact promised, today, what was seen before
//          out  CheckedCard, the only form first contact accepts, or a refusal with its reason
// Errors:  CardRefusal: reason and both days, for words a person can act on
// Threads: values only
// Cost:    three signature checks
#pragma once

#include <expected>
#include <optional>

#include "crypto/ratchet/first_contact.h"
#include "protocol/pairing/card.h"

namespace tocsin {

enum class CardReason : std::uint8_t {
  kNotACard = 1,
  kLaterVersion,
  kVersionRolledBack,  // an older layout than this identity used before
  kWrongKind,
  kWrongIdentity,  // not the identity the link or contact commits to
  kUnusableKey,    // identity, signing or signed prekey unusable
  kNoKem,
  kWrongIdentityProof,
  kWrongPrekeySignature,
  kWrongSignature,
  kNotYetValid,
  kExpired,
  kNumberBelowLink,
  kNumberRolledBack,
  kNumberReused,  // same number, other card
};

struct CardRefusal {
  CardReason reason;
  Day from;  // the card's days and ours: a wrong clock is the usual cause of the date refusals
  Day until;
  Day today;
  std::optional<Day> relay_day;  // welcome's roughDay, only ever a hint
};

// What the card must be: from a link, or from a contact that is known already.
struct CardPin {
  CardKind kind;
  IdentityCommitment commitment;
  std::uint32_t least_number = 0;
};
CardPin pin_of_contact(const IdentityPublic& identity, const SigningPublic& signing);

// Highest seen of this identity and kind (for kind contact: of this contact). Default: nothing.
struct CardHistory {
  std::uint16_t highest_version = 0;
  std::uint32_t highest_number = 0;
  std::optional<CardId> card_of_highest;
};

struct CardMoment {
  Day today;
  std::optional<Day> relay_day;
};

class CheckedCard {
 public:
  const Card& card() const { return card_; }
  const CardId& id() const { return id_; }
  const Bytes& bytes() const { return bytes_; }
  // What to remember of this identity and kind from now on.
  CardHistory history() const { return {kCardVersion, card_.number, id_}; }

 private:
  CheckedCard(Card card, Bytes bytes)
      : card_(std::move(card)), id_(card_id(bytes)), bytes_(std::move(bytes)) {}
  friend std::expected<CheckedCard, CardRefusal> check_card(BytesView, const CardPin&,
                                                            const CardHistory&, const CardMoment&);
  Card card_;
  CardId id_;
  Bytes bytes_;
};

std::expected<CheckedCard, CardRefusal> check_card(BytesView card_bytes, const CardPin& pin,
                                                   const CardHistory& history,
                                                   const CardMoment& moment);

// What the handshake takes from it.
CardKeys keys_of(const CheckedCard& card);

// The same as an Error for logs and propagation: code bad_card, detail = reason.
Error error_of(const CardRefusal& refusal);

}  // namespace tocsin

// protocol/pairing/issue_card.h: making and signing a card.
//
// Spec:    protocol/spec/pairing.md PAI-3
// Secrets: borrows the identity and signing secret for the call
// Errors:  malformed (a field a reader would refuse), library_fault
// Threads: values only
#pragma once

#include "crypto/kem/kem.h"
#include "crypto/ratchet/first_contact.h"
#include "crypto/ratchet/identity.h"
#include "protocol/pairing/card.h"

namespace tocsin {

// What the issuer decides; the rest of a card follows from its keys.
struct CardOrder {
  CardKind kind;
  std::uint32_t number;
  Day from;
  Day until;
  std::uint32_t prekey_id;
  PrekeyPublic prekey;
  KemPublic kem;
  CharterId charter;
  std::vector<Route> routes;
};

struct IssuerKeys {
  const IdentitySecret& identity_secret;
  const SigningSecret* signing_secret;  // null: no signing key (kind contact only)
};

// Fresh pairs for one card number: never shared with another card (PAI-3.1).
struct CardKeyPairs {
  PrekeyPair prekey;
  KemPair kem;
};
CardKeyPairs make_card_keys(Rng& rng);
// What is stored beside the card's number until secrets_kept_until.
CardSecrets secrets_of(CardKeyPairs&& pairs);

// The first number of a restored vault, which cannot know how far its original went (PAI-3.3). At
// the end of the numbers it stays there: such a card is refused as reused.
std::uint32_t number_after_restore(std::uint32_t last);

// The bytes of the signed card.
Result<Bytes> issue_card(const CardOrder& order, const IssuerKeys& keys, Rng& rng);

}  // namespace tocsin

// protocol/pairing/issue_card.h: making and signing a card.
//
// Spec:    protocol/spec/pairing.md PAI-3
// Secrets: borrows the identity and signing secret for the call
// Errors:  malformed (a field a reader would refuse), library_fault
// Threads: values only
#pragma once

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

// The bytes of the signed card.
Result<Bytes> issue_card(const CardOrder& order, const IssuerKeys& keys, Rng& rng);

}  // namespace tocsin

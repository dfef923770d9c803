// tests/support/card_issuer.h: somebody with all keys a card needs, from a seed.
#pragma once

#include "crypto/box/sign.h"
#include "crypto/kem/kem.h"
#include "crypto/ratchet/identity.h"
#include "protocol/pairing/check_card.h"
#include "protocol/pairing/issue_card.h"

namespace tocsin::testing_support {

// As long as a host may be, in labels no longer than a name's may be.
inline std::string longest_host() { return std::string(31, 'a') + "." + std::string(32, 'b'); }
static_assert(31 + 1 + 32 == kMaxHostBytes);

inline Route route_on(std::string host, Rng& rng) {
  return {{rng.draw<CurvePublic>(), rng.draw<StorePin>(), std::move(host), 9443},
          rng.draw<DropId>()};
}

class CardIssuer {
 public:
  explicit CardIssuer(std::uint64_t seed)
      : rng(seed),
        identity(make_identity_pair(rng)),
        signing(make_signing_pair(rng)),
        prekey(make_prekey_pair(rng)),
        kem(make_kem_pair(rng)) {}

  CardOrder order(CardKind kind = CardKind::kInvitation) {
    return {.kind = kind,
            .number = 7,
            .from = {20'000},
            .until = {20'014},
            .prekey_id = 21,
            .prekey = prekey.public_key,
            .kem = kem.public_key,
            .charter = rng.draw<CharterId>(),
            .routes = {route_on("relay.example", rng)}};
  }
  Bytes issue(const CardOrder& what) {
    return issue_card(what, {identity.secret, &signing.secret}, rng).value();
  }
  Bytes issue_without_signing(const CardOrder& what) {
    return issue_card(what, {identity.secret, nullptr}, rng).value();
  }
  CardPin pin(CardKind kind = CardKind::kInvitation) const {
    return {kind, commit_identity(identity.public_key, signing.public_key), 0};
  }

  SeededRng rng;
  IdentityPair identity;
  KeyPair<SigningPublic, SigningSecret> signing;
  PrekeyPair prekey;
  KemPair kem;
};

}  // namespace tocsin::testing_support

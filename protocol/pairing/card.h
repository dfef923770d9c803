// protocol/pairing/card.h: the contact card: dated, numbered keys and mailboxes of one identity.
//
// Spec:    protocol/spec/pairing.md PAI-2
// Layout:  version 2 | kind 1 | number 4 | from 4 | until 4 | IK 32 | SIG 32 | spkId 4 | SPK 32 |
//          spkSig 64 | KEM 1158 | charterId 32 | count 1 | 1 … 3 routes | idProof 64 | sig 64
// Errors:  malformed, unsupported_version
// Threads: values only
#pragma once

#include <vector>

#include "crypto/base/time.h"
#include "crypto/keys/keys.h"
#include "protocol/pairing/route.h"

namespace tocsin {

enum class CardKind : std::uint8_t { kPublic = 1, kInvitation = 2, kContact = 3 };

// The fields as they stand in the bytes; nothing is verified yet (see check_card.h).
struct Card {
  CardKind kind = CardKind::kPublic;
  std::uint32_t number = 0;
  Day from;
  Day until;
  IdentityPublic identity;
  SigningPublic signing;  // zero: this identity has none (kind contact only)
  std::uint32_t prekey_id = 0;
  PrekeyPublic prekey;
  Signature prekey_signature;  // libsignal's, over 0x05 ‖ SPK
  KemPublic kem;
  CharterId charter;          // zero: none
  std::vector<Route> routes;  // 1 … kMaxRoutes, in the order they are to be tried
  Signature identity_proof;   // libsignal's, by IK over the label ‖ SIG
  Signature signature;        // Ed25519 by SIG over the label ‖ everything before it
  friend bool operator==(const Card&, const Card&) = default;
};

// The one encoding of a card; fails where decode_card would refuse the result.
Result<Bytes> encode_card(const Card& card);
Result<Card> decode_card(BytesView bytes);
// The same at the front of a longer record; the reader is left behind the card.
Result<Card> read_card(Reader& reader);

// How long a card of this kind may be valid, from `from` to `until`.
std::uint32_t longest_validity(CardKind kind);

CardId card_id(BytesView card_bytes);
IdentityCommitment commit_identity(const IdentityPublic& identity, const SigningPublic& signing);

}  // namespace tocsin

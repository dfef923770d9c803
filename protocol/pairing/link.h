// protocol/pairing/link.h: an invitation or public address as text, picture or file.
//
// Spec:    protocol/spec/pairing.md PAI-5
// Layout:  version 2 | kind 1 | relay address | access length 1 | access | locator 32 | L 32 |
//          idCommit 32 | least number 4 | check 4;   text: "tocsin:" ‖ base64url of that
// Secrets: L opens the card; for an invitation it also enters the first contact
// Errors:  bad_link (malformed or mistyped), unsupported_version
// Threads: values only
#pragma once

#include "crypto/ratchet/first_contact.h"
#include "protocol/pairing/check_card.h"

namespace tocsin {

inline constexpr std::string_view kLinkScheme = "tocsin:";

struct Link {
  CardKind kind;  // kPublic or kInvitation
  RelayAddress relay;
  SecretBytes access;  // the relay's password, empty when the inviter kept it
  Locator locator;     // board of the card
  InvitationSecret secret;
  IdentityCommitment commitment;
  std::uint32_t least_number = 0;
};

// Text for a QR picture or a message; binary for a file.
Result<SecretBytes> encode_link(const Link& link);
Result<Link> decode_link(BytesView bytes);
Result<std::string> print_link(const Link& link);
Result<Link> parse_link(std::string_view text);

CardPin pin_of(const Link& link);

// psk of a first contact: psk_of(L) for an invitation; no_psk() for public cards, which also travel
// without a link, and for contact cards (PAI-5.5). Null secret: there is no link.
Psk psk_of(CardKind kind, const InvitationSecret* secret);

// The card as it lies on its board: nonce 24 ‖ AEAD(B(L, label), AD = locator, card ‖ zeros),
// kSealedCardBytes in all (PAI-5.6).
struct BoardPlace {
  const Locator& locator;
  const InvitationSecret& secret;
};
Result<Bytes> seal_card(BytesView card_bytes, const BoardPlace& place, Rng& rng);
Result<Bytes> open_card(BytesView payload, const BoardPlace& place);

}  // namespace tocsin

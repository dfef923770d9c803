// protocol/pairing/limits.h: the named bounds of cards, links and invitations.
//
// Spec:    protocol/spec/pairing.md PAI-2 (bytes), PAI-6 (days)
// Threads: values only
#pragma once

#include <cstddef>
#include <cstdint>

#include "crypto/box/aead.h"
#include "crypto/keys/keys.h"
#include "protocol/limits.h"

namespace tocsin {

// Relay address: curveKey ‖ storePin ‖ port 2 ‖ host length 1 ‖ host.
inline constexpr std::size_t kRelayKeysBytes = CurvePublic::kBytes + StorePin::kBytes;
inline constexpr std::size_t kMaxRelayAddressBytes = kRelayKeysBytes + 2 + 1 + kMaxHostBytes;
inline constexpr std::size_t kMaxRouteBytes = kMaxRelayAddressBytes + DropId::kBytes;
static_assert(kMaxRelayAddressBytes == 115);
static_assert(kMaxRouteBytes == 147);

// Card.
inline constexpr std::uint16_t kCardVersion = 1;
inline constexpr std::size_t kMaxRoutes = 3;
// Left out by a restored vault: more cards than its original can have issued since the backup.
inline constexpr std::uint32_t kNumberLeapOfRestore = 65'536;
inline constexpr std::size_t kCardHeadBytes = 2 + 1 + 4 + 4 + 4;  // version kind number from until
inline constexpr std::size_t kCardKeysBytes = IdentityPublic::kBytes + SigningPublic::kBytes + 4 +
                                              PrekeyPublic::kBytes + Signature::kBytes +
                                              KemPublic::kBytes;
inline constexpr std::size_t kCardProofBytes = 2 * Signature::kBytes;  // idProof, sig
inline constexpr std::size_t kCardFixedBytes =
    kCardHeadBytes + kCardKeysBytes + CharterId::kBytes + 1 + kCardProofBytes;
inline constexpr std::size_t kMaxCardBytes = kCardFixedBytes + kMaxRoutes * kMaxRouteBytes;
static_assert(kCardFixedBytes == 1498);
static_assert(kMaxCardBytes == 1939);

// A sealed card fills a board's payload: nonce ‖ sealed (card ‖ zeros). One size, so that a board
// tells neither how many relays a card names nor how long their names are.
inline constexpr std::size_t kSealedCardBytes = kMaxBoardPayloadBytes;
inline constexpr std::size_t kSealedCardRoom = kSealedCardBytes - Nonce::kBytes - kAeadTagBytes;
static_assert(kMaxCardBytes <= kSealedCardRoom);

// Link.
inline constexpr std::uint16_t kLinkVersion = 1;
inline constexpr std::size_t kMaxLinkAccessBytes = 64;  // a relay's password
inline constexpr std::size_t kLinkCheckBytes = 4;       // against typing errors, not against people
inline constexpr std::size_t kLinkFixedBytes = 2 + 1 + kRelayKeysBytes + 2 + 1 + 1 +
                                               Locator::kBytes + InvitationSecret::kBytes +
                                               IdentityCommitment::kBytes + 4 + kLinkCheckBytes;
inline constexpr std::size_t kMaxLinkBytes = kLinkFixedBytes + kMaxHostBytes + kMaxLinkAccessBytes;
static_assert(kLinkFixedBytes == 159);
static_assert(kMaxLinkBytes == 287);  // 390 characters of text: one QR picture of version 13

// Days.
inline constexpr std::uint32_t kClockToleranceDays = 3;  // a card is usable this long before `from`
inline constexpr std::uint32_t kPublicCardDays = 14;
inline constexpr std::uint32_t kPublicCardRenewalDays = 5;
inline constexpr std::uint32_t kInvitationDays = 30;
inline constexpr std::uint32_t kContactCardDays = 400;
inline constexpr std::uint32_t kContactCardRenewalDays = 200;
inline constexpr std::uint32_t kReplacedContactSecretsDays = 43;
// Card secrets and replay rows outlive the card by what a cell may lie at the relay, the sender's
// clock error and the day that rounding costs.
inline constexpr std::uint32_t kCardSecretsGraceDays = kRetentionDays + 1 + 1;
inline constexpr std::uint32_t kUsedInvitationDays = kCardSecretsGraceDays;
static_assert(kCardSecretsGraceDays == 23);

}  // namespace tocsin

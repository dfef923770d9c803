// protocol/pairing/lifetime.h: how long cards, their secrets, mailboxes and boards live.
//
// Spec:    protocol/spec/pairing.md PAI-6
// Threads: values only
#pragma once

#include "protocol/pairing/card.h"

namespace tocsin {

// First day on which a card should be replaced by one with a higher number; for an invitation,
// which is never renewed, the day after its last.
Day renewal_day(const Card& card);

// Last day on which the secrets of a card and the replay rows made with it are kept.
Day secrets_kept_until(const Card& card);
// The same for a contact card that was replaced on `replaced` (never later than the above).
Day replaced_secrets_kept_until(const Card& card, Day replaced);

// Last day on which the mailbox of an invitation accepted on `used` is kept.
Day used_invitation_kept_until(Day used);

// Last day on which a contact's mailbox of ours is kept after another one took its place.
Day replaced_mailbox_kept_until(Day replaced);

// Last day of the board on which the card lies.
Day board_expiry(const Card& card);

}  // namespace tocsin

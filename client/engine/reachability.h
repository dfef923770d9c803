// client/engine/reachability.h: at which relays each contact reaches us, and leaving one.
//
// Spec:    protocol/spec/pairing.md PAI-7
// Errors:  local faults; a relay that does not answer only delays
// Threads: the engine's
#pragma once

#include <string>
#include <vector>

#include "client/engine/engine.h"
#include "client/store/card_rows.h"

namespace tocsin {

// Where a contact is to reach us, in the order a card names them: where they write already, then
// the relays for everybody.
Result<std::vector<RelayRow>> wanted_relays(Engine& engine, const ContactRow& contact);

// A mailbox on every relay wanted, and a card of ours that names them: what is missing is made, one
// step a call. True when something was done.
// Who has not been heard yet gets mailboxes, and no card before they are.
enum class MayTell : std::uint8_t { kNotYet, kYes };
Result<bool> keep_reachable(Engine& engine, ContactRow& contact, const std::vector<OwnCard>& cards,
                            MayTell may_tell);

// Mailboxes at relays that are being left end when their contact has been told of others; a relay
// with none left is forgotten.
Result<bool> tidy_left_relays(Engine& engine, const std::vector<OwnCard>& cards);

// A relay that will never answer again: what hangs on it here is erased without asking it. Returns
// the contacts that have no other mailbox of ours yet: theirs stay.
Result<std::vector<std::string>> forget_dead_relay(Engine& engine, RelayId id);

// Everything that names a mailbox of ours, and the row; inside the caller's transaction. What began
// in it goes on in the one its contact was given since.
Status erase_own_mailbox(Engine& engine, MailboxId id);

}  // namespace tocsin

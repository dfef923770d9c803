// client/engine/removal.h: forgetting a contact: keys, messages, alerts, and our mailboxes for
// them; or being left by one.
//
// Spec:    protocol/spec/pairing.md PAI-6.7, PAI-6.10
// Errors:  not_found, those of crypto/db
// Threads: the engine's
#pragma once

#include <string>

#include "client/engine/engine.h"

namespace tocsin {

// Here it is done and durable on return; the relay deletes the mailboxes with the next rounds,
// however long it cannot be reached before. Returns the names of the organisations in the making
// that are given up with them, because they were to hold a key or had asked us to.
Result<std::vector<std::string>> remove_contact(Engine& engine, ContactId id);

// The same, but they are told first, so that their client deletes its mailboxes for us as well.
// Upkeep forgets them once a relay has the farewell, or after a week.
// The organisations in the making are given up at once, as with remove_contact.
Result<std::vector<std::string>> take_leave(Engine& engine, ContactId id);
// Upkeep's part of both sides. True when something was done.
Result<bool> finish_leaving(Engine& engine, const ContactRow& contact);

}  // namespace tocsin

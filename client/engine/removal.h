// client/engine/removal.h: forgetting a contact: keys, messages, alerts, and our mailboxes for
// them.
//
// Spec:    protocol/spec/pairing.md PAI-6.7
// Errors:  not_found, those of crypto/db
// Threads: the engine's
#pragma once

#include "client/engine/engine.h"

namespace tocsin {

// Here it is done and durable on return; the relay deletes the mailboxes with the next rounds,
// however long it cannot be reached before.
Status remove_contact(Engine& engine, ContactId id);

}  // namespace tocsin

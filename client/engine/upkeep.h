// client/engine/upkeep.h: what a client does without being asked: mailboxes, cards, receipts,
// healing, forgetting.
//
// Spec:    protocol/spec/pairing.md PAI-6, delivery.md DLV-7, DLV-8
// Errors:  local faults; a relay that does not answer only delays
// Threads: the engine's
#pragma once

#include "client/engine/engine.h"

namespace tocsin {

// One round: derives what is due from the rows and does it. True when something was done.
Result<bool> keep_up(Engine& engine);

// Tells the port which mailboxes to read.
Status watch_mailboxes(Engine& engine);

// A whole round: keep up, send, receive until `until`. True when anything moved.
Result<bool> step(Engine& engine, Instant until);

}  // namespace tocsin

// client/engine/receiving.h: a cell from a relay, opened, understood and committed.
//
// Spec:    protocol/spec/session.md, first-contact.md, content.md, delivery.md
// Errors:  any local fault: then nothing was committed and the cell must not be acknowledged
// Threads: the engine's
#pragma once

#include "client/engine/engine.h"
#include "client/store/card_rows.h"

namespace tocsin {

enum class Taking : std::uint8_t {
  kOpened = 1,  // something of a contact's, perhaps only a receipt
  kDuplicate = 2,
  kUnopenable = 3,  // counted; never an alarm by itself
  kAlarm = 4,       // forked or rolled back: the session sends nothing any more
};
// Whatever the outcome, the cell is acknowledged at the next tick; only an Error is not.
Result<Taking> take_envelope(Engine& engine, const OwnMailbox& mailbox, const Envelope& envelope);

// Receives what has been pushed until `until`, commits, acknowledges. Number of cells taken.
Result<std::size_t> receive_due(Engine& engine, Instant until);

}  // namespace tocsin

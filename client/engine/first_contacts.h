// client/engine/first_contacts.h: a stranger's first envelope to a card of ours.
//
// Spec:    protocol/spec/first-contact.md (R0 … R8)
// Errors:  any local fault: nothing was committed
// Threads: the engine's, inside its transaction
#pragma once

#include "client/engine/engine.h"

namespace tocsin {

enum class FirstContactTaking : std::uint8_t { kTaken = 1, kReplayed = 2, kUnopenable = 3 };
Result<FirstContactTaking> take_first_contact(Engine& engine, const OwnMailbox& mailbox,
                                              const Envelope& envelope);

}  // namespace tocsin

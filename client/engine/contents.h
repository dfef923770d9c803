// client/engine/contents.h: what a contact said, by kind.
//
// Spec:    protocol/spec/content.md, delivery.md
// Errors:  local faults only; a body that is not what its kind says is dropped and counted
// Threads: the engine's, inside its transaction
#pragma once

#include "client/engine/engine.h"

namespace tocsin {

// One opened content: a whole message or a fragment of one. Changes `contact`; the caller saves it.
Status take_content(Engine& engine, ContactRow& contact, BytesView content);

}  // namespace tocsin

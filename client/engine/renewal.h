// client/engine/renewal.h: after a device was cleaned: everything of ours that spyware could have
// copied and that can be made new without asking anybody.
//
// Spec:    protocol/spec/pairing.md PAI-6.8
// Errors:  local faults; a relay that does not answer only leaves its contacts for another time
// Threads: the engine's
#pragma once

#include <string>
#include <vector>

#include "client/engine/engine.h"

namespace tocsin {

struct Renewal {
  std::vector<std::string> renewed;
  std::vector<std::string>
      not_yet;  // their relay did not answer, or they sent no card: again later
};
// For each contact a new mailbox at its relay, and a new session that names it; the old mailbox is
// read until nothing can be on its way to it any more. Contact cards follow by themselves.
Result<Renewal> renew_contacts(Engine& engine);

}  // namespace tocsin

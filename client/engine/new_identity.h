// client/engine/new_identity.h: another person in the same vault: the old one speaks and listens
// here no more.
//
// Spec:    protocol/spec/pairing.md PAI-6.9
// Errors:  those of crypto/db
// Threads: the engine's
#pragma once

#include <string>
#include <vector>

#include "client/engine/engine.h"

namespace tocsin {

struct NewIdentity {
  std::vector<std::string> to_invite;      // contacts: their keys are known, ours are new to them
  std::vector<std::string> organisations;  // in which a key of this vault signs
};
// Identity and signing key are made new; sessions, our cards and mailboxes, and what was not
// delivered yet end. Contacts, how they were verified and what was said stay. The engine must not
// be used after: the vault is opened anew.
Result<NewIdentity> begin_new_identity(Engine& engine);

}  // namespace tocsin

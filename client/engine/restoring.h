// client/engine/restoring.h: a vault that came out of a backup, and one that was copied elsewhere.
//
// Spec:    protocol/spec/vault.md VLT-9, pairing.md PAI-3.3, content.md CNT-6.4
// Errors:  moved_away, those of crypto/db
// Threads: the engine's
#pragma once

#include <string>
#include <vector>

#include "client/engine/engine.h"

namespace tocsin {

// Fills a new database with what a backup carries.
Status fill_backup(Database& vault, const Path& copy, const DatabaseKey& key);
// Fills it with everything.
Status fill_move(Database& vault, const Path& copy, const DatabaseKey& key);
// Durably: from here on the vault does nothing any more. Before anything can open the copy: two
// vaults with the same ratchets must never speak.
Status mark_moved(Database& vault);
// Only when there is no copy that could be opened.
Status take_mark_back(Database& vault);
// moved_away, when it was moved.
Status check_not_moved(Database& vault);

// A contact as nothing was ever said: a new stream, nothing owed, nothing missing.
void begin_streams_anew(ContactRow& contact, Rng& rng);

// Whoever can only be reached by a new invitation.
struct Restored {
  std::vector<std::string> out_of_reach;
};
// Of a vault from a backup: new numbers everywhere, and a new first contact to everybody, in one
// transaction. Nothing for any other vault.
Result<std::optional<Restored>> finish_restore(Engine& engine);

}  // namespace tocsin

// client/engine/evidence_places.h: where at relays the next frames of a file go, and who rests.
//
// Spec:    protocol/spec/evidence.md EVI-4.1; blob.md BLB-1
// Errors:  those of crypto/db
// Threads: the engine's
#pragma once

#include "client/engine/engine.h"

namespace tocsin {

// A file whose job came to nothing is left alone for so long.
void let_rest(Engine& engine, const FileId& file, std::int64_t milliseconds);
bool is_resting(Engine& engine, const FileId& file);
// How often in a row it came to nothing now, this time counted; it rests longer each time.
int count_failure(Engine& engine, const FileId& file);
// The same of losses alone; it is a failure that was counted already.
int count_loss(Engine& engine, const FileId& file);
// It goes on.
void forget_failures(Engine& engine, const FileId& file);

// Whether a relay of ours may store evidence: those with a password.
Result<bool> can_store_evidence(Engine& engine);
// This relay did not, though asked: others are tried before it.
void pass_over(Engine& engine, RelayId relay);
Result<std::optional<RelayRow>> relay_at(Engine& engine, const RelayAddress& address);

// The next frames of a file, at most so many, get a blob of their own. False: no relay takes them
// now.
Result<bool> make_place(Engine& engine, const EvidenceRow& row, std::uint32_t most);

}  // namespace tocsin

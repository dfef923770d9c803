// relay/ops/operator_commands.h: what an operator does once in months: close the relay, renew the
// store's key.
//
// Spec:    protocol/spec/store.md STO-5
// Threads: one: each is the whole program, and the relay does not run beside it
#pragma once

#include <optional>
#include <string>

#include "relay/ops/commands.h"
#include "relay/ops/keys.h"

namespace tocsin::ops {

// A day, "YYYY-MM-DD"; or none: the relay stays open after all. Told to clients from the next start
// on: from then there are no new mailboxes.
Said<void> close(const Path& config, const std::optional<std::string>& day, Form form);
// What close() left, for the relay's start; a file that is not one of its own is an error.
Said<std::optional<Notice>> closing_notice(const RelayConfig& config);

// A new database key: live rows go to a fresh file, the old one is overwritten. The address stays.
// After a death at any point the store opens with the keys that are there.
Said<void> rotate_store(const Path& config, Form form);
// The store's files when a rotation was cut off: the keys decide which one counts.
Status settle_rotation(const RelayConfig& config, const RelayKeys& keys);

// Counters of the running relay as Prometheus text, replacing `file` whole.
Said<void> write_metrics(const Path& config, const Path& file);

}  // namespace tocsin::ops

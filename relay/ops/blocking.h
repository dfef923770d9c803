// relay/ops/blocking.h: boards an operator was told about and takes out of service.
//
// Spec:    protocol/spec/store.md STO-5.3
// Errors:  complaints; an unreadable list is one
// Threads: one; the relay may run beside it, and reads the list at its start
#pragma once

#include <set>
#include <string>

#include "protocol/board/record.h"
#include "relay/ops/commands.h"

namespace tocsin::ops {

enum class Blocking : std::uint8_t { kBlock, kUndo };

// `board`: a board's id in hex, or a link that leads to one; empty lists what is blocked.
Said<void> block(const Path& config, const std::string& board, Blocking what, Form form);
// What block() left, for the relay's start.
Said<std::set<BoardId>> blocked_boards(const RelayConfig& config);

}  // namespace tocsin::ops

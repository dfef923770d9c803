// protocol/wire/cell.h: a message as exactly one frame, and back.
//
// Spec:    protocol/spec/wire.md WIR-1, WIR-2
// Shape:   in   Message, or any bytes from a peer
//          out  exactly kCellBytes, or the one Message that encodes to exactly those bytes
// Layout:  segment count - 1 (0) u32 | words u32 | one Cap'n Proto segment | zeros
// Errors:  malformed (one answer for every cause), too_large (encode: does not fit one cell)
// Threads: values only
// Cost:    bounded by kTraversalWords whatever the bytes say
#pragma once

#include "protocol/limits.h"
#include "protocol/wire/message.h"

namespace tocsin {

using Cell = std::array<std::uint8_t, kCellBytes>;

Result<Cell> encode(const Message& message);
Result<Message> decode(BytesView cell);

// How many bytes of a cell one element takes; a cell holds kCellBytes - kCellOverheadBytes of them.
std::size_t encoded_size(const Request& request);
std::size_t encoded_size(const Reply& reply);
std::size_t encoded_size(const Push& push);

// As few cells as fit, in order. Errors: too_large when a single element fits no cell.
Result<std::vector<Cell>> pack(std::vector<Request> requests);
Result<std::vector<Cell>> pack(std::vector<Reply> replies);
Result<std::vector<Cell>> pack(std::vector<Push> pushes);

}  // namespace tocsin

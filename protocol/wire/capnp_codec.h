// protocol/wire/capnp_codec.h: the one door to Cap'n Proto: messages and commands as one segment.
//
// Spec:    protocol/spec/wire.md WIR-2
// Shape:   build_… value → segment;  read_… segment, any alignment → value. What a value may say
//          and that it has one encoding is checked by the callers, cell.h and command.h.
// Errors:  malformed (one answer for every cause), unsupported_version (an unknown command),
//          too_large (does not fit a cell); the library's exceptions end here (trap C7)
// Threads: values only
// Cost:    reading is bounded by kTraversalWords and kNestingLevels (trap C5)
#pragma once

#include "protocol/wire/command.h"
#include "protocol/wire/message.h"

namespace tocsin {

Result<Bytes> build_message(const Message& message);
Result<Message> read_message(BytesView segment);

Result<Bytes> build_command(const Command& command);
Result<Command> read_command(BytesView segment);

}  // namespace tocsin

// protocol/session/fragment.h: one message in 1, 2, 4 … 64 contents.
//
// Spec:    protocol/spec/content.md CNT-3
// Shape:   in   a message of at most kMaxBodyBytes, room per envelope
//          out  every content to seal, in order: all of them in one transaction or none
// Errors:  too_large, out_of_range (a capacity that cannot work)
// Threads: values only
#pragma once

#include <vector>

#include "protocol/session/content.h"

namespace tocsin {

// Opens every message. Stream and sequence order messages of one sender and show gaps; sequence 0
// has no place in the order. `sent_minute` counts from 1970 and is the sender's claim.
struct MessagePrefix {
  std::uint32_t stream = 0;
  std::uint32_t sequence = 0;
  std::uint32_t sent_minute = 0;
  friend bool operator==(const MessagePrefix&, const MessagePrefix&) = default;
};

struct OutgoingMessage {
  ContentKind kind;
  MessageId id;
  MessagePrefix prefix;
  BytesView body;
};

// Bytes for a body in each envelope to come, in order; the last one holds for all further ones.
// From a session: capacity(timing, 0), capacity(timing, 1) … each less kContentHeaderBytes; for a
// first contact {kBodyFirst, kBodyPrekeyForm}.
using Rooms = std::span<const std::size_t>;

Result<std::vector<SecretBytes>> split_message(const OutgoingMessage& message, Rooms rooms);
// How many contents split_message will make, for a budget asked beforehand.
Result<std::size_t> count_fragments(std::size_t body_bytes, Rooms rooms);

}  // namespace tocsin

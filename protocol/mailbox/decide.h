// protocol/mailbox/decide.h: every relay command has one shape: decode, load, decide, commit,
// reply.
//
// Spec:    protocol/spec/mailbox.md MBX-3 … MBX-13, protocol/spec/board.md BRD-3
// Shape:   in   command, what the store loaded for it, who asks;  out  effects, a reply among them
// Errors:  none: a refusal is an effect (the reply)
// Threads: values only
// Cost:    no input or output, no clock; a key agreement where an owner's tag is checked
#pragma once

#include <span>

#include "protocol/mailbox/access.h"
#include "protocol/mailbox/authorise.h"
#include "protocol/mailbox/effects.h"

namespace tocsin {

// What a command needs from the store. Lookups without a row are answered like wrong tags.
struct NeedsNothing {};
struct NeedsMailbox {
  LookupHash lookup;  // compare with read for owners; with drop and a living old drop for deposits
  enum class By : std::uint8_t { kRead, kDrop } by = By::kRead;
};
struct NeedsBoard {
  BoardId board;
};
using Needs = std::variant<NeedsNothing, NeedsMailbox, NeedsBoard>;
Needs needs_of(const Command& command, const LookupKey& lookup_key);

// Whether one more subscribe to this mailbox keeps within MBX-9.6.
enum class SubscribeRate : std::uint8_t { kWithin, kBeyond };
struct Loaded {
  std::optional<MailboxRow> mailbox = std::nullopt;
  LiveMailbox live = {};
  std::optional<BoardRow> board = std::nullopt;
  std::vector<BoardWatch> watches = {};  // of that board
  SubscribeRate rate = SubscribeRate::kWithin;
};

// How full the store is against its budget.
enum class Room : std::uint8_t { kPlenty, kNearlyFull, kFull };
// A relay with a closing day takes no new mailboxes.
enum class RelayLife : std::uint8_t { kOpen, kClosing };

// The connection as the store knows it.
struct Caller {
  ConnectionId connection;
  OwnerKeys& keys;
  std::uint32_t subscriptions = 0;  // it holds now
  std::uint32_t watches = 0;
};

// The run as the store knows it.
struct Ground {
  const LookupKey& lookup_key;
  Rng& rng;
  Day today;
  Room room = Room::kPlenty;
  RelayLife life = RelayLife::kOpen;
};

// One decoded request: its command, its raw bytes and what its proof of access was found to be.
struct Asked {
  const Command& command;
  const Request& request;
  AccessVerdict access = AccessVerdict::kNone;
};

Effects decide(const Asked& asked, const Loaded& loaded, const Caller& caller,
               const Ground& ground);

// Cells after subscription.pushed_through, oldest first, as loaded for a PushBacklog.
Effects push_backlog(MailboxNumber mailbox, const LiveSubscription& subscription,
                     std::span<const CellRow> cells);

// Whether this request id may follow the last one of its connection.
bool may_follow(RequestId last, RequestId next);

}  // namespace tocsin

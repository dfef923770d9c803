// client/engine/notices.h: things the person should be told that are not messages; no content, only
// kinds and numbers.
//
// Threads: the engine's
#pragma once

#include <optional>
#include <vector>

#include "client/engine/engine.h"

namespace tocsin {

enum class NoticeKind : std::uint8_t {
  kForked = 1,        // the peer, or somebody with a copy of its state, used one number twice
  kRolledBack = 2,    // somebody restored an old copy of a vault
  kOutOfStep = 3,     // 16 cells in a row did not open
  kMessagesLost = 4,  // detail: how many
  kPeerSilent = 5,    // nothing more can be sealed until they are heard
  kCallThem = 6,      // detail: hours without a receipt
  kUndelivered = 7,
  kInvitationTouched = 8,  // somebody else may hold this invitation, or the relay made noise
  kSuperseded = 9,         // another reader took a mailbox over
  kUnknownKind = 10,       // a message of a later version; detail: its kind
  kUnreadable = 11,        // a message that is not what its kind says; detail: the kind
  kNoRoom = 12,            // too much of theirs waits unread; detail: the kind not kept
  kNewSession = 13,        // they began anew, or somebody who holds their keys did
  kKeysChanged = 14,       // a first contact of theirs came with another signing key; not taken
};

// What a person should hear of without asking: somebody may hold keys that are not theirs.
constexpr bool is_alarm(NoticeKind kind) {
  return kind == NoticeKind::kForked || kind == NoticeKind::kRolledBack ||
         kind == NoticeKind::kOutOfStep || kind == NoticeKind::kInvitationTouched ||
         kind == NoticeKind::kSuperseded || kind == NoticeKind::kNewSession ||
         kind == NoticeKind::kKeysChanged;
}

struct EngineNotice {
  NoticeKind kind;
  std::optional<ContactId> contact;
  std::int64_t detail = 0;
};
// Written inside the caller's transaction; the same notice of the same contact on the same day is
// written once.
Status note(Engine& engine, const EngineNotice& notice);

struct NoticeRow {
  std::int64_t id = 0;
  EngineNotice notice;
  Instant at;
};
Result<std::vector<NoticeRow>> all_notices(Engine& engine);

}  // namespace tocsin

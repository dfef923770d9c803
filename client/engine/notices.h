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
  kMovesTooOften = 15,     // they change where they are reached too often a day; not taken
  kNewSigners = 16,        // they sent the next charter of an organisation that was known
  kOutOfReach = 17,        // restored, without a card of theirs that is still good
  kEnded = 18,             // they said farewell, or who holds their keys did
  kCharterFork = 19,       // they showed another charter of a version that is known
};

// What a person should hear of without asking: somebody may hold keys that are not theirs.
constexpr bool is_alarm(NoticeKind kind) {
  switch (kind) {
    case NoticeKind::kForked:
    case NoticeKind::kRolledBack:
    case NoticeKind::kOutOfStep:
    case NoticeKind::kInvitationTouched:
    case NoticeKind::kSuperseded:
    case NoticeKind::kNewSession:
    case NoticeKind::kKeysChanged:
    case NoticeKind::kEnded:
    case NoticeKind::kCharterFork:
      return true;
    case NoticeKind::kMessagesLost:
    case NoticeKind::kPeerSilent:
    case NoticeKind::kCallThem:
    case NoticeKind::kUndelivered:
    case NoticeKind::kUnknownKind:
    case NoticeKind::kUnreadable:
    case NoticeKind::kNoRoom:
    case NoticeKind::kMovesTooOften:
    case NoticeKind::kNewSigners:
    case NoticeKind::kOutOfReach:
      return false;
  }
  return false;
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

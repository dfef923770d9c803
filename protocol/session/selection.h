// protocol/session/selection.h: which of several sessions of one pair sends, and which may go.
//
// Spec:    protocol/spec/content.md CNT-6
// Threads: values only
#pragma once

#include <optional>
#include <vector>

#include "crypto/base/time.h"
#include "crypto/keys/keys.h"

namespace tocsin {

enum class SessionStanding : std::uint8_t {
  kPending,  // ours, nothing from the peer opened on it yet
  kOpened,   // something from the peer was opened (a responder's session from its first contact on)
  kStopped,  // forked or rolled back: receives, never sends
};

struct SessionRow {
  SessionId id;
  std::uint32_t generation = 0;
  SessionStanding standing = SessionStanding::kPending;
  std::optional<Day> superseded;  // since when another one has been sending
};

// The session to send on, or none: then a first contact is due.
std::optional<SessionId> sending_session(const std::vector<SessionRow>& sessions);

struct SelectionChange {
  std::optional<SessionId> sending;
  std::vector<SessionRow> changed;  // rows whose `superseded` day was set or cleared
  std::vector<SessionId> dropped;   // erase with everything that belongs to them
};
// Apply after every change of a session's standing and once a day.
SelectionChange select_sessions(const std::vector<SessionRow>& sessions, Day today);

// Generation of a new first contact within the pair.
std::uint32_t next_generation(const std::vector<SessionRow>& sessions);

}  // namespace tocsin

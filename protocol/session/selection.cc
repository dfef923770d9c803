#include "protocol/session/selection.h"

#include <algorithm>
#include <limits>

#include "protocol/session/limits.h"

namespace tocsin {
namespace {

// Both sides order the same way, so both settle on the same session.
bool goes_before(const SessionRow& a, const SessionRow& b) {
  if (a.generation != b.generation) return a.generation > b.generation;
  return a.id < b.id;
}

const SessionRow* first_of(const std::vector<SessionRow>& sessions, SessionStanding standing) {
  const SessionRow* first = nullptr;
  for (const SessionRow& session : sessions) {
    if (session.standing != standing) continue;
    if (first == nullptr || goes_before(session, *first)) first = &session;
  }
  return first;
}

}  // namespace

std::optional<SessionId> sending_session(const std::vector<SessionRow>& sessions) {
  const SessionRow* chosen = first_of(sessions, SessionStanding::kOpened);
  if (chosen == nullptr) chosen = first_of(sessions, SessionStanding::kPending);
  if (chosen == nullptr) return {};
  return chosen->id;
}

SelectionChange select_sessions(const std::vector<SessionRow>& sessions, Day today) {
  SelectionChange change;
  change.sending = sending_session(sessions);
  if (!change.sending) return change;  // nothing took over from anything
  std::vector<SessionRow> idle;
  for (const SessionRow& session : sessions) {
    if (change.sending != session.id) idle.push_back(session);
  }
  std::ranges::sort(idle, goes_before);
  for (std::size_t i = kMaxIdleSessions; i < idle.size(); ++i) change.dropped.push_back(idle[i].id);
  for (SessionRow session : sessions) {
    if (std::ranges::find(change.dropped, session.id) != change.dropped.end()) continue;
    if (change.sending == session.id) {
      if (!session.superseded) continue;
      session.superseded.reset();
      change.changed.push_back(session);
    } else if (!session.superseded) {
      session.superseded = today;
      change.changed.push_back(session);
    } else if (today >= days_after(*session.superseded, kSessionDropDays)) {
      change.dropped.push_back(session.id);
    }
  }
  return change;
}

std::uint32_t next_generation(const std::vector<SessionRow>& sessions) {
  std::uint32_t highest = 0;
  for (const SessionRow& session : sessions) highest = std::max(highest, session.generation);
  // At the end of the numbers the session id decides alone; a peer gains nothing by going there.
  if (highest == std::numeric_limits<std::uint32_t>::max()) return highest;
  return sessions.empty() ? 0 : highest + 1;
}

}  // namespace tocsin

#include "crypto/ratchet/session.h"

#include <algorithm>

#include "crypto/ratchet/session_state.h"

namespace tocsin {

Session::Session(std::unique_ptr<SessionState> state) : state_(std::move(state)) {}
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

const SessionId& Session::id() const { return state_->sid; }
SessionRole Session::role() const { return state_->role; }
const SessionPeer& Session::peer() const { return state_->peer; }
bool Session::heard() const { return state_->receiving.has_value(); }

SessionState& state_of(Session& session) { return *session.state_; }

Result<InnerOutlook> outlook_of(const SessionState& state) {
  if (!state.outlook) state.outlook = TRY(inner_outlook(state.inner));
  return *state.outlook;
}

bool trim_old_epochs(SessionState& state, Day today) {
  const Day oldest = days_before(today, kHorizonDays);
  std::vector<OldEpoch> kept;
  std::size_t recent = 0;
  std::size_t with_skips = 0;
  for (auto epoch = state.old.rbegin(); epoch != state.old.rend(); ++epoch) {
    const bool keep = epoch->closed >= oldest &&
                      (recent++ < kOldEpochs ||
                       (state.memory.has_skipped(epoch->epoch) && with_skips++ < kOldWithSkips));
    if (keep) {
      kept.push_back(std::move(*epoch));
    } else {
      state.memory.drop_epoch(epoch->epoch);
    }
  }
  std::ranges::reverse(kept);
  const bool dropped = kept.size() != state.old.size();
  state.old = std::move(kept);
  return dropped;
}

bool Session::forget(Day today) {
  const bool rows = state_->memory.forget_before(days_before(today, kHorizonDays));
  const bool epochs = trim_old_epochs(*state_, today);
  return rows || epochs;
}

OpenCommit commit_of(const OpenOutcome& outcome) {
  if (std::holds_alternative<Opened>(outcome)) return OpenCommit::kSession;
  if (std::holds_alternative<Duplicate>(outcome)) return OpenCommit::kDigest;
  const auto* unopenable = std::get_if<Unopenable>(&outcome);
  const bool stepped = unopenable != nullptr && unopenable->cause == UnopenableCause::kInnerRefused;
  return stepped ? OpenCommit::kSession : OpenCommit::kNothing;
}

}  // namespace tocsin

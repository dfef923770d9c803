#include "client/cli/rounds.h"

#include "client/engine/upkeep.h"
#include "client/store/message_rows.h"

namespace tocsin {
namespace {

constexpr std::int64_t kSettleMs = 2'000;
constexpr std::int64_t kRoundMs = 100;
// Pushes follow the answer to a subscription at once; nothing for so long means that nothing waits.
constexpr std::int64_t kQuietMs = 400;
constexpr std::int64_t kConfirmMs = 5'000;

Result<std::size_t> unsent(Engine& engine) {
  std::size_t waiting = 0;
  for (const OutboxRow& row : TRY(all_outbox_rows(engine.db()))) {
    if (!row.given_up && row.progress < Progress::kAtRelay) ++waiting;
  }
  return waiting;
}

// Receipts leave on a tick a little later than what they answer; whoever leaves before takes them
// along to the next time.
Result<bool> owes_receipts(Engine& engine) {
  for (const ContactRow& contact : TRY(all_contacts(engine.db()))) {
    if (contact.standing != ContactStanding::kRequest && !contact.inbox.receipts.empty())
      return true;
  }
  return false;
}

}  // namespace

Result<RoundsOutcome> run_rounds(Engine& engine, RoundsLimit limit) {
  const Instant begun = engine.now();
  const Instant deadline = milliseconds_after(begun, limit.longest_ms);
  Instant moved_at = begun;
  bool was_listening = false;
  while (engine.now() < deadline) {
    const bool sent = limit.goal == Goal::kSent && TRY(unsent(engine)) == 0;
    const Instant now = engine.now();
    const bool moved =
        TRY(step(engine, sent ? now : std::min(deadline, milliseconds_after(now, kRoundMs))));
    const bool listening = engine.relays().listening();
    if (moved || (listening && !was_listening)) moved_at = engine.now();
    was_listening = listening;
    if (moved || limit.goal == Goal::kWholeTime) continue;
    if (sent) break;
    const bool patient = engine.now() < milliseconds_after(moved_at, limit.reach_ms);
    if (!patient) break;
    // What a slow relay has, but has not confirmed yet, would be sent to it a second time.
    const bool hopeful =
        engine.now() < milliseconds_after(begun, kConfirmMs) && TRY(unsent(engine)) > 0;
    if (limit.goal == Goal::kCaughtUp && listening && !hopeful &&
        engine.now() >= milliseconds_after(moved_at, kQuietMs) && !TRY(owes_receipts(engine))) {
      break;
    }
  }
  engine.relays().settle(milliseconds_after(engine.now(), kSettleMs));
  return RoundsOutcome{TRY(unsent(engine)), engine.relays().listening()};
}

}  // namespace tocsin

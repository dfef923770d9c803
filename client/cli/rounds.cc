#include "client/cli/rounds.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "client/cli/commands.h"
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

Result<std::vector<std::string>> silent_relays(Engine& engine) {
  std::set<std::string> places;
  const std::vector<MailboxId> unheard = engine.relays().unheard();
  if (unheard.empty()) return std::vector<std::string>();
  for (const OwnMailbox& mailbox : TRY(all_mailboxes(engine.db()))) {
    if (std::ranges::find(unheard, mailbox.id) == unheard.end()) continue;
    places.insert(place_of(TRY(load_relay(engine.db(), mailbox.relay)).address));
  }
  return std::vector<std::string>(places.begin(), places.end());
}

}  // namespace

Result<RoundsOutcome> run_rounds(Engine& engine, RoundsLimit limit) {
  const Instant begun = engine.now();
  Instant deadline = milliseconds_after(begun, limit.longest_ms);
  Instant moved_at = begun;
  if (limit.goal == Goal::kCaughtUp) engine.relays().ask_all();
  std::size_t unheard = std::numeric_limits<std::size_t>::max();
  std::size_t fewest = unheard;
  while (engine.now() < deadline) {
    const bool sent = limit.goal == Goal::kSent && TRY(unsent(engine)) == 0;
    const Instant now = engine.now();
    const bool moved =
        TRY(step(engine, sent ? now : std::min(deadline, milliseconds_after(now, kRoundMs))));
    const std::size_t before = std::exchange(unheard, engine.relays().unheard().size());
    if (moved || unheard < before) moved_at = engine.now();
    if (unheard < fewest && limit.goal == Goal::kCaughtUp) {
      // Through a proxy they are asked one after another, each over a circuit of its own.
      deadline = std::max(deadline, milliseconds_after(engine.now(), limit.reach_ms));
    }
    fewest = std::min(fewest, unheard);
    if (moved || limit.goal == Goal::kWholeTime) continue;
    if (sent) break;
    const bool patient = engine.now() < milliseconds_after(moved_at, limit.reach_ms);
    if (!patient) break;
    // What a slow relay has, but has not confirmed yet, would be sent to it a second time.
    const bool hopeful =
        engine.now() < milliseconds_after(begun, kConfirmMs) && TRY(unsent(engine)) > 0;
    if (limit.goal == Goal::kCaughtUp && unheard == 0 && !hopeful &&
        engine.now() >= milliseconds_after(moved_at, kQuietMs) && !TRY(owes_receipts(engine))) {
      break;
    }
  }
  engine.relays().settle(milliseconds_after(engine.now(), kSettleMs));
  RoundsOutcome outcome;
  outcome.waiting = TRY(unsent(engine));
  outcome.silent = TRY(silent_relays(engine));
  return outcome;
}

}  // namespace tocsin

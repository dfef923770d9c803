#include "client/cli/rounds.h"

#include "client/engine/upkeep.h"
#include "client/store/message_rows.h"

namespace tocsin {
namespace {

constexpr std::int64_t kSettleMs = 2'000;
constexpr std::int64_t kRoundMs = 200;

Result<std::size_t> unsent(Engine& engine) {
  std::size_t waiting = 0;
  for (const OutboxRow& row : TRY(all_outbox_rows(engine.db()))) {
    if (!row.given_up && row.progress < Progress::kAtRelay) ++waiting;
  }
  return waiting;
}

}  // namespace

Result<std::size_t> run_rounds(Engine& engine, RoundsLimit limit) {
  const Instant deadline = milliseconds_after(engine.now(), limit.longest_ms);
  Instant moved_at = engine.now();
  while (engine.now() < deadline) {
    const Instant round_end = std::min(deadline, milliseconds_after(engine.now(), kRoundMs));
    if (TRY(step(engine, round_end))) moved_at = engine.now();
    if (limit.quiet_ms > 0 && engine.now() >= milliseconds_after(moved_at, limit.quiet_ms)) break;
  }
  engine.relays().settle(milliseconds_after(engine.now(), kSettleMs));
  return unsent(engine);
}

}  // namespace tocsin

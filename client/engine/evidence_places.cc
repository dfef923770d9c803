#include "client/engine/evidence_places.h"

#include <algorithm>

#include "client/engine/evidence.h"
#include "protocol/evidence/padding.h"

namespace tocsin {
namespace {

// As long as a relay's line is left alone elsewhere, and a few turns of it.
constexpr std::int64_t kPassedOverMs = 600'000;
// After a job that failed: so long, twice, thrice …, and never longer than ten times.
constexpr std::int64_t kRestMs = 30'000;
constexpr int kLongestRests = 10;

bool may_store(const RelayRow& relay) { return relay.is_in_use() && !relay.password.empty(); }

Result<std::optional<RelayRow>> relay_for_evidence(Engine& engine) {
  for (RelayRow& relay : TRY(all_relays(engine.db()))) {
    const auto resting = engine.resting_stores().find(relay.id);
    const bool rests = resting != engine.resting_stores().end() && engine.now() < resting->second;
    if (may_store(relay) && !rests) return std::optional(std::move(relay));
  }
  return std::optional<RelayRow>();
}

}  // namespace

void let_rest(Engine& engine, const FileId& file, std::int64_t milliseconds) {
  engine.resting_files()[file].until = milliseconds_after(engine.now(), milliseconds);
}

bool is_resting(Engine& engine, const FileId& file) {
  const auto resting = engine.resting_files().find(file);
  return resting != engine.resting_files().end() && engine.now() < resting->second.until;
}

int count_failure(Engine& engine, const FileId& file) {
  Engine::Resting& resting = engine.resting_files()[file];
  ++resting.failures;
  const int longer = std::min(resting.failures, kLongestRests);
  resting.until = milliseconds_after(engine.now(), kRestMs * longer);
  return resting.failures;
}

int count_loss(Engine& engine, const FileId& file) { return ++engine.resting_files()[file].losses; }

void forget_failures(Engine& engine, const FileId& file) { engine.resting_files().erase(file); }

Result<bool> can_store_evidence(Engine& engine) {
  return std::ranges::any_of(TRY(all_relays(engine.db())), may_store);
}

void pass_over(Engine& engine, RelayId relay) {
  engine.resting_stores()[relay] = milliseconds_after(engine.now(), kPassedOverMs);
}

Result<std::optional<RelayRow>> relay_at(Engine& engine, const RelayAddress& address) {
  for (RelayRow& relay : TRY(all_relays(engine.db()))) {
    if (relay.address == address) return std::optional(std::move(relay));
  }
  return std::optional<RelayRow>();
}

Result<bool> make_place(Engine& engine, const EvidenceRow& row, std::uint32_t most) {
  const std::optional<RelayRow> relay = TRY(relay_for_evidence(engine));
  if (!relay.has_value()) return false;
  const std::uint64_t left = TRY(frames_of(row.length)) - row.tree.count();
  const auto frames =
      static_cast<std::uint32_t>(std::min<std::uint64_t>({left, most, kFramesAtOnce}));
  TRY(save_place(engine.db(), {.evidence = row.id,
                               .first = row.tree.count(),
                               .frames = frames,
                               .relay = relay->address,
                               .owner = OwnerSecret::random(engine.rng())}));
  return true;
}

}  // namespace tocsin

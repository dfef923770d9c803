#include "relay/store/loop.h"

#include <algorithm>

#include "relay/codes.h"

namespace tocsin {
namespace {

using std::chrono::milliseconds;

// Between batches the engine is asked this often: retention steps, checkpoints.
constexpr int kIdleMilliseconds = 100;
constexpr milliseconds kGroupCommit{kGroupCommitMilliseconds};
constexpr milliseconds kTellEvery{1'000};

Instant wall_clock() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<milliseconds>(now).count()};
}

}  // namespace

Result<std::unique_ptr<StoreLoop>> StoreLoop::create(StoreEngine& engine, WorkThread& work,
                                                     StoreEnd boundary) {
  BoundaryPump pump = TRY(BoundaryPump::create(std::move(boundary)));
  return std::unique_ptr<StoreLoop>(new StoreLoop(engine, work, std::move(pump)));
}

Status StoreLoop::run() {
  for (;;) {
    if (TRY(pump_.wait(patience(), work_.wake_fd())) == BoundaryPump::Next::kStop) return leave();
    const Status taken = take_arrived();
    if (!taken.has_value()) {
      // What the edge said before it went is kept all the same.
      if (taken.error().code == kBoundaryClosed) TRY(engine_.commit(wall_clock(), pump_.out()));
      return taken;
    }
    TRY(commit_if_due());
  }
}

int StoreLoop::patience() const {
  if (more_) return 0;
  if (!engine_.has_open_batch()) return kIdleMilliseconds;
  const auto left = std::chrono::ceil<milliseconds>(first_taken_ + kGroupCommit - Steady::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, kGroupCommitMilliseconds));
}

Status StoreLoop::take_arrived() {
  if (!pump_.is_receptive()) return {};
  const EdgeBatch batch = TRY(pump_.receive());
  more_ = batch.size() == kBoundaryBatchMessages;
  if (batch.empty()) return {};
  if (!engine_.has_open_batch()) first_taken_ = Steady::now();
  TRY(engine_.take(batch, wall_clock(), pump_.out()));
  return pump_.send();
}

Status StoreLoop::commit_if_due() {
  const bool open = engine_.has_open_batch();
  const bool due =
      engine_.cells_to_write() >= kGroupCommitCells || Steady::now() - first_taken_ >= kGroupCommit;
  if (open && !due) return {};
  if (open) TRY(commit());
  // Finished proofs and retention open a batch of their own.
  TRY(engine_.tick(wall_clock(), pump_.out()));
  if (engine_.has_open_batch()) first_taken_ = Steady::now();
  if (tell_ && Steady::now() - told_ >= kTellEvery) {
    told_ = Steady::now();
    tell_(engine_.figures());
  }
  return pump_.send();
}

Status StoreLoop::commit() {
  TRY(engine_.commit(wall_clock(), pump_.out()));
  return pump_.send();
}

Status StoreLoop::leave() {
  TRY(engine_.commit(wall_clock(), pump_.out()));
  return pump_.leave();
}

}  // namespace tocsin

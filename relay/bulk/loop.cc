#include "relay/bulk/loop.h"

#include <chrono>

namespace tocsin {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

// Between two steps of retention and overwriting, however much is asked.
constexpr BulkLoop::Milliseconds kTickEvery = 100;
constexpr BulkLoop::Milliseconds kSweepEvery = 5;  // the same while nobody asks and more is to do
constexpr BulkLoop::Milliseconds kTellEvery = 1'000;

Instant wall_clock() {
  return {duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count()};
}

BulkLoop::Milliseconds steady_clock() {
  return duration_cast<milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

Result<std::unique_ptr<BulkLoop>> BulkLoop::create(BulkEngine& engine, StoreEnd boundary) {
  return create(engine, std::move(boundary), steady_clock);
}

Result<std::unique_ptr<BulkLoop>> BulkLoop::create(BulkEngine& engine, StoreEnd boundary,
                                                   Clock clock) {
  BoundaryPump pump = TRY(BoundaryPump::create(std::move(boundary)));
  return std::unique_ptr<BulkLoop>(new BulkLoop(engine, std::move(pump), std::move(clock)));
}

Status BulkLoop::run() {
  for (;;) {
    const bool at_once = more_ && pump_.is_receptive();
    const auto next = TRY(pump_.wait(at_once ? 0 : static_cast<int>(patience())));
    if (next == BoundaryPump::Next::kStop) return pump_.leave();
    if (pump_.is_receptive()) TRY(serve());
    TRY(tick_if_due());
    tell_now_and_then();
  }
}

BulkLoop::Milliseconds BulkLoop::patience() const {
  return sweep_ == Sweep::kMore && !more_ ? kSweepEvery : kTickEvery;
}

// Every batch is committed before the next turn: nothing is open when the edge or a signal ends it.
Status BulkLoop::serve() {
  if (taken_ == batch_.size()) {
    taken_ = 0;
    batch_ = TRY(pump_.receive());
  }
  more_ = !batch_.empty();
  if (batch_.empty()) return {};
  const std::span<const EdgeToStore> left = std::span(batch_).subspan(taken_);
  taken_ += TRY(engine_.take(left, wall_clock(), pump_.out()));
  TRY(engine_.commit(pump_.out()));
  return pump_.send();
}

Status BulkLoop::tick_if_due() {
  const Milliseconds now = clock_();
  if (now - ticked_ < patience()) return {};
  ticked_ = now;
  sweep_ = TRY(engine_.tick(wall_clock(), pump_.out()));
  return pump_.send();
}

void BulkLoop::tell_now_and_then() {
  if (!tell_ || clock_() - told_ < kTellEvery) return;
  told_ = clock_();
  tell_(engine_.figures());
}

}  // namespace tocsin

#include "relay/store/loop.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "relay/codes.h"

namespace tocsin {
namespace {

using std::chrono::milliseconds;

// Between batches the engine is asked this often: retention steps, checkpoints.
constexpr int kIdleMilliseconds = 100;
constexpr milliseconds kGroupCommit{kGroupCommitMilliseconds};
constexpr milliseconds kTellEvery{1'000};
// What a stopping store waits for an edge that does not take its last answers.
constexpr milliseconds kFarewell{500};

Instant wall_clock() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<milliseconds>(now).count()};
}

short wanted_events(bool readable, bool writable) {
  return static_cast<short>((readable ? POLLIN : 0) | (writable ? POLLOUT : 0));
}

}  // namespace

Result<std::unique_ptr<StoreLoop>> StoreLoop::create(StoreEngine& engine, WorkThread& work,
                                                     StoreEnd boundary) {
  Wake wake = TRY(Wake::create());
  return std::unique_ptr<StoreLoop>(
      new StoreLoop(engine, work, std::move(boundary), std::move(wake)));
}

Status StoreLoop::run() {
  for (;;) {
    if (TRY(wait()) == Next::kStop) return leave();
    TRY(boundary_.flush());
    TRY(send_out());
    const Status taken = take_arrived();
    if (!taken.has_value()) {
      // What the edge said before it went is kept all the same.
      if (taken.error().code == kBoundaryClosed) TRY(engine_.commit(wall_clock(), out_));
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

Result<StoreLoop::Next> StoreLoop::wait() {
  const bool receptive = out_.empty() && boundary_.has_room();
  std::array<pollfd, 3> fds{
      pollfd{boundary_.fd(), wanted_events(receptive, boundary_.wants_write()), 0},
      pollfd{work_.wake_fd(), POLLIN, 0}, pollfd{stop_.fd(), POLLIN, 0}};
  if (::poll(fds.data(), fds.size(), patience()) < 0 && errno != EINTR)
    return fail(kFileFault, "store poll", errno);
  return fds[2].revents != 0 ? Next::kStop : Next::kGoOn;
}

Status StoreLoop::take_arrived() {
  if (!out_.empty() || !boundary_.has_room()) return {};
  const EdgeBatch batch = TRY(boundary_.receive());
  more_ = batch.size() == kBoundaryBatchMessages;
  if (batch.empty()) return {};
  if (!engine_.has_open_batch()) first_taken_ = Steady::now();
  TRY(engine_.take(batch, wall_clock(), out_));
  return send_out();
}

Status StoreLoop::commit_if_due() {
  const bool open = engine_.has_open_batch();
  const bool due =
      engine_.cells_to_write() >= kGroupCommitCells || Steady::now() - first_taken_ >= kGroupCommit;
  if (open && !due) return {};
  if (open) TRY(commit());
  // Finished proofs and retention open a batch of their own.
  TRY(engine_.tick(wall_clock(), out_));
  if (engine_.has_open_batch()) first_taken_ = Steady::now();
  if (tell_ && Steady::now() - told_ >= kTellEvery) {
    told_ = Steady::now();
    tell_(engine_.figures());
  }
  return send_out();
}

Status StoreLoop::commit() {
  TRY(engine_.commit(wall_clock(), out_));
  return send_out();
}

Status StoreLoop::send_out() {
  if (out_.empty() || !boundary_.has_room()) return {};
  TRY(boundary_.send(out_));
  out_.clear();
  return {};
}

Status StoreLoop::leave() {
  TRY(engine_.commit(wall_clock(), out_));
  const auto until = Steady::now() + kFarewell;
  TRY(send_out());
  while ((!out_.empty() || boundary_.wants_write()) && Steady::now() < until) {
    pollfd fd{boundary_.fd(), POLLOUT, 0};
    if (::poll(&fd, 1, kIdleMilliseconds) < 0 && errno != EINTR)
      return fail(kFileFault, "store poll", errno);
    TRY(boundary_.flush());
    TRY(send_out());
  }
  return {};
}

}  // namespace tocsin

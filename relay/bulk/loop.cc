#include "relay/bulk/loop.h"

#include <poll.h>

#include <array>
#include <cerrno>
#include <chrono>

#include "relay/codes.h"

namespace tocsin {
namespace {

constexpr int kIdleMilliseconds = 100;
constexpr int kSweepMilliseconds = 5;  // between two steps of retention while nobody asks
constexpr std::int64_t kTellEveryMilliseconds = 1'000;
// What a stopping plane waits for an edge that does not take its last answers.
constexpr std::int64_t kFarewellMilliseconds = 500;

Instant wall_clock() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(now).count()};
}

std::int64_t steady_now() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

}  // namespace

Result<std::unique_ptr<BulkLoop>> BulkLoop::create(BulkEngine& engine, StoreEnd boundary) {
  Wake wake = TRY(Wake::create());
  return std::unique_ptr<BulkLoop>(new BulkLoop(engine, std::move(boundary), std::move(wake)));
}

Status BulkLoop::run() {
  for (;;) {
    if (TRY(wait()) == Next::kStop) return leave();
    TRY(boundary_.flush());
    TRY(send_out());
    const Status done = turn();
    if (!done.has_value()) {
      // What the edge said before it went is kept all the same.
      if (done.error().code == kBoundaryClosed) TRY(engine_.commit(out_));
      return done;
    }
    tell_now_and_then();
  }
}

Result<BulkLoop::Next> BulkLoop::wait() {
  const bool receptive = out_.empty() && boundary_.has_room();
  const short events =
      static_cast<short>((receptive ? POLLIN : 0) | (boundary_.wants_write() ? POLLOUT : 0));
  std::array<pollfd, 2> fds{pollfd{boundary_.fd(), events, 0}, pollfd{stop_.fd(), POLLIN, 0}};
  const bool at_once = receptive && more_;
  const int patience = at_once                  ? 0
                       : sweep_ == Sweep::kMore ? kSweepMilliseconds
                                                : kIdleMilliseconds;
  if (::poll(fds.data(), fds.size(), patience) < 0 && errno != EINTR)
    return fail(kFileFault, "bulk poll", errno);
  return fds[1].revents != 0 ? Next::kStop : Next::kGoOn;
}

Status BulkLoop::turn() {
  if (!out_.empty() || !boundary_.has_room()) return {};
  const EdgeBatch batch = TRY(boundary_.receive());
  more_ = !batch.empty();
  if (batch.empty()) {
    sweep_ = TRY(engine_.tick(wall_clock()));
    return {};
  }
  TRY(engine_.take(batch, wall_clock(), out_));
  TRY(engine_.commit(out_));
  return send_out();
}

Status BulkLoop::send_out() {
  if (out_.empty() || !boundary_.has_room()) return {};
  TRY(boundary_.send(out_));
  out_.clear();
  return {};
}

void BulkLoop::tell_now_and_then() {
  if (!tell_ || steady_now() - told_ < kTellEveryMilliseconds) return;
  told_ = steady_now();
  tell_(engine_.figures());
}

Status BulkLoop::leave() {
  const std::int64_t until = steady_now() + kFarewellMilliseconds;
  TRY(send_out());
  while ((!out_.empty() || boundary_.wants_write()) && steady_now() < until) {
    pollfd fd{boundary_.fd(), POLLOUT, 0};
    if (::poll(&fd, 1, kIdleMilliseconds) < 0 && errno != EINTR)
      return fail(kFileFault, "bulk poll", errno);
    TRY(boundary_.flush());
    TRY(send_out());
  }
  return {};
}

}  // namespace tocsin

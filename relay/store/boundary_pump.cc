#include "relay/store/boundary_pump.h"

#include <poll.h>

#include <array>
#include <cerrno>
#include <chrono>

#include "relay/codes.h"

namespace tocsin {
namespace {

constexpr std::chrono::milliseconds kFarewell{500};
constexpr int kFarewellPollMs = 100;

}  // namespace

Result<BoundaryPump> BoundaryPump::create(StoreEnd boundary) {
  Wake stop = TRY(Wake::create());
  return BoundaryPump(std::move(boundary), std::move(stop));
}

Result<BoundaryPump::Next> BoundaryPump::wait(int milliseconds, int other) {
  const short events =
      static_cast<short>((is_receptive() ? POLLIN : 0) | (boundary_.wants_write() ? POLLOUT : 0));
  std::array<pollfd, 3> fds{pollfd{boundary_.fd(), events, 0}, pollfd{other, POLLIN, 0},
                            pollfd{stop_.fd(), POLLIN, 0}};
  if (::poll(fds.data(), fds.size(), milliseconds) < 0 && errno != EINTR)
    return fail(kFileFault, "store poll", errno);
  if (fds[2].revents != 0) return Next::kStop;
  TRY(boundary_.flush());
  TRY(send());
  return Next::kGoOn;
}

Status BoundaryPump::send() {
  if (!out_.empty() && boundary_.has_room()) {
    TRY(boundary_.send(out_));
    out_.clear();
  }
  return {};
}

Status BoundaryPump::leave() {
  const auto until = std::chrono::steady_clock::now() + kFarewell;
  TRY(send());
  while ((!out_.empty() || boundary_.wants_write()) && std::chrono::steady_clock::now() < until) {
    pollfd fd{boundary_.fd(), POLLOUT, 0};
    if (::poll(&fd, 1, kFarewellPollMs) < 0 && errno != EINTR)
      return fail(kFileFault, "store poll", errno);
    TRY(boundary_.flush());
    TRY(send());
  }
  return {};
}

}  // namespace tocsin

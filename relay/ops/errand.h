// relay/ops/errand.h: something another thread asks to be done on a store's own thread.
//
// Shape:   run() from any thread hands it over and waits; serve() on the store's does what waits
// Errors:  relay_interrupted (that thread did not come by in time; it will not be done later)
// Threads: as above; one errand at a time
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>

#include "crypto/base/result.h"
#include "relay/codes.h"

namespace tocsin::ops {

class Errand {
 public:
  using Work = std::function<Status()>;

  // Two turns of a thread that serves about once a second, at most.
  Status run(const Work& work) {
    constexpr std::chrono::seconds kTwoTurns{3};
    std::unique_lock lock(mutex_);
    work_ = &work;
    done_.reset();
    served_.wait_for(lock, kTwoTurns, [this] { return done_.has_value(); });
    work_ = nullptr;
    return done_.value_or(fail(kRelayInterrupted, "the store's thread is busy"));
  }

  void serve() {
    const std::lock_guard lock(mutex_);
    if (work_ == nullptr || done_.has_value()) return;
    done_ = (*work_)();
    served_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable served_;
  const Work* work_ = nullptr;
  std::optional<Status> done_;
};

}  // namespace tocsin::ops

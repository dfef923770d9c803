// client/cli/idle.h: how long nobody has used an open vault.
//
// Threads: one
#pragma once

#include <cstdint>
#include <ctime>

namespace tocsin {

// By a clock that nobody can set, and that goes on while the machine sleeps.
class IdleClock {
 public:
  void used() { used_ = since_boot(); }
  bool is_idle_for(std::int64_t minutes) const { return since_boot() - used_ >= minutes * 60'000; }

 private:
  static std::int64_t since_boot() {
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return std::int64_t{now.tv_sec} * 1'000 + now.tv_nsec / 1'000'000;
  }
  std::int64_t used_ = since_boot();
};

}  // namespace tocsin

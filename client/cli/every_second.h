// client/cli/every_second.h: for lines about long work: one a second.
//
// Threads: one
#pragma once

#include <chrono>

namespace tocsin {

class EverySecond {
 public:
  // True once in each second after the first.
  bool has_come() {
    const auto now = std::chrono::steady_clock::now();
    if (now - last_ < std::chrono::seconds(1)) return false;
    last_ = now;
    return true;
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace tocsin

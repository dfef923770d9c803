// tests/bench/one_way_ceiling.h: what libzmq itself moves one way under CURVE in frames of 65,536
// bytes, between two threads of this machine.
//
// Threads: measure() in the caller's; the reader in its own
#pragma once

#include <atomic>
#include <thread>

#include "relay/edge/zmq.h"

namespace tocsin::bench {

class OneWayCeiling {
 public:
  OneWayCeiling();
  ~OneWayCeiling();
  OneWayCeiling(const OneWayCeiling&) = delete;
  OneWayCeiling& operator=(const OneWayCeiling&) = delete;

  // Megabytes per second, from the first frame sent to the last one read.
  double measure(std::uint64_t bytes);

 private:
  void read();

  edge::ZmqContext there_, here_;
  edge::ZmqSocket router_, dealer_;
  std::atomic<std::uint64_t> frames_ = 0;
  std::atomic<bool> stopped_ = false;
  std::thread thread_;
};

}  // namespace tocsin::bench

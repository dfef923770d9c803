// tests/bench/echo_ceiling.h: what libzmq itself reaches with frames of our size under CURVE.
//
// Shape:   a ROUTER that returns every frame, in a thread and a context of its own; one DEALER with
//          64 frames in flight; both ends on this machine, as relay and load generator are
// Threads: measure() in the caller's; the echo in its own
#pragma once

#include <atomic>
#include <string>
#include <thread>

#include "relay/edge/zmq.h"

namespace tocsin::bench {

class EchoCeiling {
 public:
  EchoCeiling();
  ~EchoCeiling();
  EchoCeiling(const EchoCeiling&) = delete;
  EchoCeiling& operator=(const EchoCeiling&) = delete;

  // Echoes per second.
  double measure(double seconds);
  // Processor time of both ends for each echo of the last measure(), microseconds.
  double us() const { return us_; }

 private:
  void echo();

  edge::ZmqContext there_, here_;
  edge::ZmqSocket router_, dealer_;
  double us_ = 0;
  std::atomic<bool> stopped_ = false;
  std::thread thread_;
};

}  // namespace tocsin::bench

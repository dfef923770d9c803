#include "tests/bench/one_way_ceiling.h"

#include "crypto/box/agree.h"
#include "protocol/blob/limits.h"
#include "tests/bench/curve_pair.h"
#include "tests/bench/figures.h"

namespace tocsin::bench {

OneWayCeiling::OneWayCeiling()
    : there_(must(edge::ZmqContext::create(1), "ceiling")),
      here_(must(edge::ZmqContext::create(1), "ceiling")),
      router_(must(edge::ZmqSocket::create(there_, ZMQ_ROUTER), "ceiling")),
      dealer_(must(edge::ZmqSocket::create(here_, ZMQ_DEALER), "ceiling")) {
  pair_under_curve(router_, dealer_);
  thread_ = std::thread([this] { read(); });
}

OneWayCeiling::~OneWayCeiling() {
  stopped_ = true;
  thread_.join();
}

void OneWayCeiling::read() {
  while (!stopped_) {
    if (!wait_readable(router_)) continue;
    while (true) {
      edge::ZmqMessage id, frame;
      if (!router_.receive(id).has_value() || !router_.receive(frame).has_value()) break;
      ++frames_;
    }
  }
}

double OneWayCeiling::measure(std::uint64_t bytes) {
  const Bytes frame(kDataFrameBytes, 0x5a);
  const std::uint64_t before = frames_, count = bytes / frame.size();
  const auto begun = Clock::now();
  for (std::uint64_t sent = 0; sent < count;) {
    if (dealer_.send(frame, 0).has_value()) {
      ++sent;
    } else {
      std::this_thread::yield();  // its queue is full
    }
  }
  while (frames_ - before < count) std::this_thread::yield();
  return static_cast<double>(count * frame.size()) / 1e6 / seconds_since(begun);
}

}  // namespace tocsin::bench

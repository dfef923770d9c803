#include "tests/bench/echo_ceiling.h"

#include "protocol/limits.h"
#include "tests/bench/curve_pair.h"
#include "tests/bench/figures.h"

namespace tocsin::bench {

namespace {

constexpr int kEchoesInFlight = 64;

}  // namespace

EchoCeiling::EchoCeiling()
    : there_(must(edge::ZmqContext::create(1), "echo")),
      here_(must(edge::ZmqContext::create(1), "echo")),
      router_(must(edge::ZmqSocket::create(there_, ZMQ_ROUTER), "echo")),
      dealer_(must(edge::ZmqSocket::create(here_, ZMQ_DEALER), "echo")) {
  pair_under_curve(router_, dealer_);
  thread_ = std::thread([this] { echo(); });
}

EchoCeiling::~EchoCeiling() {
  stopped_ = true;
  thread_.join();
}

void EchoCeiling::echo() {
  while (!stopped_) {
    if (!wait_readable(router_)) continue;
    while (true) {
      edge::ZmqMessage id, frame;
      if (!router_.receive(id).has_value() || !router_.receive(frame).has_value()) break;
      // The messages themselves go back: nothing is copied.
      if (zmq_msg_send(id.handle(), router_.handle(), ZMQ_SNDMORE) < 0 ||
          zmq_msg_send(frame.handle(), router_.handle(), 0) < 0)
        give_up("echo");
    }
  }
}

double EchoCeiling::measure(double seconds) {
  const Bytes frame(kCellBytes, 0x5a);
  const auto send = [&] { must(dealer_.send(frame, 0), "echo send"); };
  const auto receive = [&] {
    while (true) {
      edge::ZmqMessage message;
      if (dealer_.receive(message).has_value()) return;
      wait_readable(dealer_);
    }
  };
  for (int i = 0; i < kEchoesInFlight; ++i) send();
  std::size_t echoes = 0;
  const double processor = process_seconds();
  const auto start = Clock::now();
  while (seconds_since(start) < seconds) {
    receive();
    send();
    ++echoes;
  }
  const double spent = seconds_since(start);
  us_ = (process_seconds() - processor) * 1e6 / static_cast<double>(echoes);
  for (int i = 0; i < kEchoesInFlight; ++i) receive();
  return static_cast<double>(echoes) / spent;
}

}  // namespace tocsin::bench

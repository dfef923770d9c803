#include "tests/bench/echo_ceiling.h"

#include "crypto/box/agree.h"
#include "protocol/limits.h"
#include "tests/bench/figures.h"

namespace tocsin::bench {

namespace {

constexpr int kEchoesInFlight = 64;
constexpr long kPollMs = 100;

bool wait_readable(const edge::ZmqSocket& socket) {
  zmq_pollitem_t item{socket.handle(), 0, ZMQ_POLLIN, 0};
  return zmq_poll(&item, 1, kPollMs) > 0;
}

}  // namespace

EchoCeiling::EchoCeiling()
    : there_(must(edge::ZmqContext::create(1), "echo")),
      here_(must(edge::ZmqContext::create(1), "echo")),
      router_(must(edge::ZmqSocket::create(there_, ZMQ_ROUTER), "echo")),
      dealer_(must(edge::ZmqSocket::create(here_, ZMQ_DEALER), "echo")) {
  SystemRng rng;
  const auto server = make_x25519_pair<CurvePublic, CurveSecret>(rng);
  const auto client = make_x25519_pair<CurvePublic, CurveSecret>(rng);
  must(router_.set(ZMQ_CURVE_SERVER, 1), "echo");
  must(router_.set(ZMQ_CURVE_SECRETKEY, server.secret.expose(kExpose)), "echo");
  must(router_.bind("tcp://127.0.0.1:*"), "echo");
  std::array<char, 64> endpoint{};
  std::size_t size = endpoint.size();
  if (zmq_getsockopt(router_.handle(), ZMQ_LAST_ENDPOINT, endpoint.data(), &size) != 0)
    give_up("echo endpoint");
  must(dealer_.set(ZMQ_CURVE_SERVERKEY, server.public_key.view()), "echo");
  must(dealer_.set(ZMQ_CURVE_PUBLICKEY, client.public_key.view()), "echo");
  must(dealer_.set(ZMQ_CURVE_SECRETKEY, client.secret.expose(kExpose)), "echo");
  must(dealer_.connect(endpoint.data()), "echo");
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

// tests/bench/curve_pair.h: a ROUTER and a DEALER of two contexts, joined by CURVE over loopback.
//
// Threads: the caller's
#pragma once

#include "crypto/box/agree.h"
#include "relay/edge/zmq.h"
#include "tests/bench/figures.h"

namespace tocsin::bench {

inline bool wait_readable(const edge::ZmqSocket& socket) {
  constexpr long kPollMs = 100;
  zmq_pollitem_t item{socket.handle(), 0, ZMQ_POLLIN, 0};
  return zmq_poll(&item, 1, kPollMs) > 0;
}

inline void pair_under_curve(edge::ZmqSocket& router, edge::ZmqSocket& dealer) {
  SystemRng rng;
  const auto server = make_x25519_pair<CurvePublic, CurveSecret>(rng);
  const auto client = make_x25519_pair<CurvePublic, CurveSecret>(rng);
  must(router.set(ZMQ_CURVE_SERVER, 1), "ceiling");
  must(router.set(ZMQ_CURVE_SECRETKEY, server.secret.expose(kExpose)), "ceiling");
  must(router.bind("tcp://127.0.0.1:*"), "ceiling");
  std::array<char, 64> endpoint{};
  std::size_t size = endpoint.size();
  if (zmq_getsockopt(router.handle(), ZMQ_LAST_ENDPOINT, endpoint.data(), &size) != 0)
    give_up("endpoint of a ceiling");
  must(dealer.set(ZMQ_CURVE_SERVERKEY, server.public_key.view()), "ceiling");
  must(dealer.set(ZMQ_CURVE_PUBLICKEY, client.public_key.view()), "ceiling");
  must(dealer.set(ZMQ_CURVE_SECRETKEY, client.secret.expose(kExpose)), "ceiling");
  must(dealer.connect(endpoint.data()), "ceiling");
}

}  // namespace tocsin::bench

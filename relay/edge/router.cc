#include "relay/edge/router.h"

#include <fcntl.h>

#include <cerrno>

#include "relay/edge/limits.h"

namespace tocsin::edge {

namespace {
constexpr const char* kProbeEndpoint = "inproc://tocsin-edge-probe";
constexpr int kProbeMs = 2'000;
}  // namespace

Result<ZmqSocket> make_router(const ZmqContext& context, const CurveSecret& secret,
                              std::size_t largest_frame) {
  ZmqSocket router = TRY(ZmqSocket::create(context, ZMQ_ROUTER));
  TRY(router.set(ZMQ_CURVE_SERVER, 1));
  TRY(router.set(ZMQ_CURVE_SECRETKEY, secret.expose(kExpose)));
  TRY(router.set(ZMQ_ROUTER_MANDATORY, 1));  // Z8: a full pipe is an error, not a silent drop
  TRY(router.set(ZMQ_ROUTER_HANDOVER, 0));   // Z3: nobody takes over another's routing id
  TRY(router.set_wide(ZMQ_MAXMSGSIZE,
                      static_cast<std::int64_t>(largest_frame + kFrameSlackBytes)));  // Z5
  TRY(router.set(ZMQ_HANDSHAKE_IVL, kHandshakeMs));                                   // Z5
  TRY(router.set(ZMQ_RCVHWM, kHighWaterMark));
  TRY(router.set(ZMQ_SNDHWM, kHighWaterMark));
  TRY(router.set(ZMQ_RCVBUF, kReceiveBufferBytes));
  TRY(router.set(ZMQ_BACKLOG, kListenBacklog));
  TRY(router.set(ZMQ_IPV6, 1));
  // Z1 forbids libzmq's heartbeats; Z13: the kernel notices peers that vanished.
  TRY(router.set(ZMQ_TCP_KEEPALIVE, 1));
  TRY(router.set(ZMQ_TCP_KEEPALIVE_IDLE, kKeepaliveIdleSeconds));
  TRY(router.set(ZMQ_TCP_KEEPALIVE_INTVL, kKeepaliveIntervalSeconds));
  TRY(router.set(ZMQ_TCP_KEEPALIVE_CNT, kKeepaliveProbes));
  TRY(router.set(ZMQ_TCP_MAXRT, kMaxRetransmitMs));
  return router;
}

Result<RoutingId> probe_router(const ZmqContext& context, ZmqSocket& router) {
  TRY(router.bind(kProbeEndpoint));
  ZmqSocket probe = TRY(ZmqSocket::create(context, ZMQ_DEALER));
  TRY(probe.connect(kProbeEndpoint));
  TRY(probe.send(as_bytes("probe"), 0));
  zmq_pollitem_t item{router.handle(), 0, ZMQ_POLLIN, 0};
  if (zmq_poll(&item, 1, kProbeMs) != 1) return fail(kSelfCheckFailed, "probe of the router");
  ZmqMessage id;
  ZmqMessage content;
  TRY(router.receive(id));
  TRY(router.receive(content));
  const std::optional<RoutingId> routing = routing_id_from(id.view());
  if (!routing.has_value() || content.more())
    return fail(kSelfCheckFailed, "routing id of the router");
  return *routing;
}

Status bind_router(ZmqSocket& router, const Listener& listener) {
  // libzmq closes what it is given, later and from another thread: it gets its own descriptor of
  // the same socket.
  const int duplicate = ::fcntl(listener.fd(), F_DUPFD_CLOEXEC, 0);
  if (duplicate < 0) return fail(kRelayTransportFault, "listening socket", errno);
  TRY(router.set(ZMQ_USE_FD, duplicate));  // Z6
  return router.bind("tcp://" + endpoint_text(listener.endpoint()));
}

}  // namespace tocsin::edge

#include "client/net/line.h"

#include "client/net/limits.h"
#include "crypto/box/agree.h"

namespace tocsin::net {

namespace {

std::string host_and_port(const std::string& host, std::uint16_t port) {
  const bool six = host.find(':') != std::string::npos;
  return (six ? "[" + host + "]:" : host + ":") + std::to_string(port);
}

Status set_options(ZmqSocket& socket, Plane plane) {
  const bool bulk = plane == Plane::kBulk;
  const int most = bulk ? kBulkHighWaterMark : kHighWaterMark;
  // Z14: libzmq never dials again by itself.
  TRY(socket.set(ZMQ_RECONNECT_IVL, -1));
  TRY(socket.set(ZMQ_HANDSHAKE_IVL, 0));  // the caller's watchdog knows what lies in between
  TRY(socket.set_wide(ZMQ_MAXMSGSIZE, bulk ? kMaxBulkMessageBytes : kMaxMessageBytes));
  TRY(socket.set(ZMQ_SNDHWM, most));
  TRY(socket.set(ZMQ_RCVHWM, most));
  TRY(socket.set(ZMQ_IPV6, 1));
  TRY(socket.set(ZMQ_TCP_KEEPALIVE, 1));
  TRY(socket.set(ZMQ_TCP_KEEPALIVE_IDLE, kKeepaliveIdleSeconds));
  TRY(socket.set(ZMQ_TCP_KEEPALIVE_INTVL, kKeepaliveIntervalSeconds));
  TRY(socket.set(ZMQ_TCP_KEEPALIVE_CNT, kKeepaliveProbes));
  return socket.set(ZMQ_TCP_MAXRT, kMaxRetransmitMs);
}

Status set_curve(ZmqSocket& socket, const CurvePublic& relay, Rng& rng) {
  const auto pair = make_x25519_pair<CurvePublic, CurveSecret>(rng);
  TRY(socket.set(ZMQ_CURVE_SERVERKEY, relay.view()));
  TRY(socket.set(ZMQ_CURVE_PUBLICKEY, pair.public_key.view()));
  return socket.set(ZMQ_CURVE_SECRETKEY, pair.secret.expose(kExpose));
}

}  // namespace

Result<Line> Line::dial(const ZmqContext& context, const Target& target, Rng& rng) {
  // Asked of a resolver, the name alone would tell which relay somebody hides with.
  if (!target.proxy && target.relay.host.ends_with(".onion"))
    return fail(kOnionWithoutTor, "onion service without a proxy");
  ZmqSocket socket = TRY(ZmqSocket::create(context, ZMQ_DEALER));
  TRY(set_options(socket, target.plane));
  TRY(set_curve(socket, target.relay.curve, rng));
  ZmqMonitor monitor = TRY(ZmqMonitor::create(context, socket));
  Line line(std::move(socket), std::move(monitor), target.plane);
  const auto& [relay, proxy, plane] = target;
  if (proxy) line.bridge_.emplace(TRY(Bridge::open(*proxy, {relay.host, relay.port}, rng)));
  TRY(line.socket_.connect(proxy ? line.bridge_->local_endpoint()
                                 : "tcp://" + host_and_port(relay.host, relay.port)));
  return line;
}

Status Line::pump() {
  if (bridge_) TRY(bridge_->pump());
  return {};
}

Result<std::optional<Error>> Line::broken() {
  while (!broken_) {
    const Result<ZmqMonitor::Event> event = monitor_.next();
    if (!event.has_value()) {
      if (event.error().code == kNetWouldBlock) return std::nullopt;
      return fail(event.error());
    }
    switch (event->kind) {
      case ZMQ_EVENT_CONNECTED:
        connected_ = true;
        break;
      case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
        secured_ = true;
        break;
      case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
      case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
      case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
        broken_ = Error{kNetHandshake, "line handshake", event->value};
        break;
      case ZMQ_EVENT_DISCONNECTED:
        broken_ = secured_ ? Error{kNetGone, "line ended"} : Error{kNetHandshake, "line handshake"};
        break;
      case ZMQ_EVENT_CLOSED:
      case ZMQ_EVENT_CONNECT_RETRIED:
        // libzmq would dial again by itself; a connected line does not come this way.
        if (!connected_) broken_ = Error{kNetUnreachable, "dial"};
        break;
      default:
        break;
    }
  }
  return broken_;
}

// flow 4/8: the envelope, one of the requests of this cell, leaves this machine.
Result<bool> Line::send(BytesView frame) {
  const Status sent = socket_.send(frame);
  if (sent.has_value()) return true;
  if (sent.error().code == kNetWouldBlock) return false;
  return fail(sent.error());
}

Result<std::optional<Bytes>> Line::receive() {
  ZmqMessage message;
  if (const Status got = socket_.receive(message); !got.has_value()) {
    if (got.error().code == kNetWouldBlock) return std::nullopt;
    return fail(got.error());
  }
  const std::size_t size = message.view().size();
  const bool known = size == kCellBytes || (plane_ == Plane::kBulk && size == kDataFrameBytes);
  if (message.more() || !known)
    return fail(kNetBadRelay, "frame size", static_cast<std::int64_t>(size));
  return to_bytes(message.view());
}

}  // namespace tocsin::net

#include "client/net/line.h"

#include <atomic>
#include <cstring>

#include "client/net/limits.h"
#include "crypto/box/agree.h"

namespace tocsin::net {

namespace {

// libzmq 4.3 takes these two, its stable header does not name them (trap Z11).
constexpr int kSocksUsername = 99;
constexpr int kSocksPassword = 100;
constexpr std::size_t kMaxCredentialBytes = 255;  // RFC 1929
constexpr std::size_t kEventBytes = 6;            // u16 event | u32 value, host order

std::string host_and_port(const std::string& host, std::uint16_t port) {
  const bool six = host.find(':') != std::string::npos;
  return (six ? "[" + host + "]:" : host + ":") + std::to_string(port);
}

Status set_proxy(ZmqSocket& socket, const Proxy& proxy) {
  if (proxy.host.empty() || proxy.port == 0) return fail(kNetBadProxy, "proxy address");
  TRY(socket.set(ZMQ_SOCKS_PROXY, as_bytes(host_and_port(proxy.host, proxy.port))));
  if (!proxy.credentials) return {};
  const auto& [user, password] = *proxy.credentials;
  if (user.empty() || password.empty() || user.size() > kMaxCredentialBytes ||
      password.size() > kMaxCredentialBytes)
    return fail(kNetBadProxy, "proxy credentials");
  TRY(socket.set(kSocksUsername, as_bytes(user)));
  return socket.set(kSocksPassword, as_bytes(password));
}

Status set_options(ZmqSocket& socket) {
  TRY(socket.set(ZMQ_RECONNECT_IVL, -1));  // Z14
  TRY(socket.set_wide(ZMQ_MAXMSGSIZE, kMaxMessageBytes));
  TRY(socket.set(ZMQ_SNDHWM, kHighWaterMark));
  TRY(socket.set(ZMQ_RCVHWM, kHighWaterMark));
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

Result<ZmqSocket> watch(const ZmqContext& context, const ZmqSocket& socket) {
  static std::atomic<std::uint64_t> number{0};
  const std::string endpoint =
      "inproc://tocsin-line-" + std::to_string(number.fetch_add(1, std::memory_order_relaxed));
  if (zmq_socket_monitor(socket.handle(), endpoint.c_str(), ZMQ_EVENT_ALL) != 0)
    return fail(zmq_code(zmq_errno()), "line monitor", zmq_errno());
  ZmqSocket monitor = TRY(ZmqSocket::create(context, ZMQ_PAIR));
  TRY(monitor.connect(endpoint));
  return monitor;
}

}  // namespace

Status check_proxy_support(const ZmqContext& context) {
  const ZmqSocket probe = TRY(ZmqSocket::create(context, ZMQ_DEALER));
  for (const int option : {kSocksUsername, kSocksPassword}) {
    const std::string value = "tocsin";
    std::array<char, 16> back{};
    std::size_t size = back.size();
    if (zmq_setsockopt(probe.handle(), option, value.data(), value.size()) != 0 ||
        zmq_getsockopt(probe.handle(), option, back.data(), &size) != 0 || value != back.data())
      return fail(kSelfCheckFailed, "proxy credentials in libzmq", option);
  }
  return {};
}

Result<Line> Line::dial(const ZmqContext& context, const Target& target, Rng& rng) {
  ZmqSocket socket = TRY(ZmqSocket::create(context, ZMQ_DEALER));
  TRY(set_options(socket));
  TRY(set_curve(socket, target.relay.curve, rng));
  if (target.proxy) TRY(set_proxy(socket, *target.proxy));
  ZmqSocket monitor = TRY(watch(context, socket));
  TRY(socket.connect("tcp://" + host_and_port(target.relay.host, target.relay.port)));
  return Line(std::move(socket), std::move(monitor));
}

Result<std::optional<Error>> Line::broken() {
  while (!broken_) {
    ZmqMessage head;
    if (const Status got = monitor_.receive(head); !got.has_value()) {
      if (got.error().code == kNetWouldBlock) return std::nullopt;
      return fail(got.error());
    }
    std::uint16_t event = 0;
    std::int32_t value = 0;
    if (head.view().size() == kEventBytes) {
      std::memcpy(&event, head.view().data(), sizeof event);
      std::memcpy(&value, head.view().data() + sizeof event, sizeof value);
    }
    for (bool more = head.more(); more;) {
      ZmqMessage rest;
      TRY(monitor_.receive(rest));
      more = rest.more();
    }
    switch (event) {
      case ZMQ_EVENT_CONNECTED:
        connected_ = true;
        break;
      case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
        secured_ = true;
        break;
      case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
      case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
      case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
        broken_ = Error{kNetHandshake, "line handshake", value};
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
Result<bool> Line::send(const Cell& cell) {
  const Status sent = socket_.send(cell);
  if (sent.has_value()) return true;
  if (sent.error().code == kNetWouldBlock) return false;
  return fail(sent.error());
}

Result<std::optional<Cell>> Line::receive() {
  ZmqMessage message;
  if (const Status got = socket_.receive(message); !got.has_value()) {
    if (got.error().code == kNetWouldBlock) return std::nullopt;
    return fail(got.error());
  }
  if (message.more() || message.view().size() != kCellBytes)
    return fail(kNetBadRelay, "frame size", static_cast<std::int64_t>(message.view().size()));
  Cell cell;
  copy_exact(message.view(), cell);
  return cell;
}

}  // namespace tocsin::net

#include "relay/edge/monitor.h"

#include <cstring>

namespace tocsin::edge {

namespace {
constexpr const char* kMonitorEndpoint = "inproc://tocsin-edge-monitor";
// An event is two parts: u16 event | u32 value, both in host order, then the endpoint.
constexpr std::size_t kEventBytes = 6;
}  // namespace

Result<Monitor> Monitor::create(const ZmqContext& context, const ZmqSocket& watched) {
  constexpr int kEvents = ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_ACCEPT_FAILED;
  if (zmq_socket_monitor(watched.handle(), kMonitorEndpoint, kEvents) != 0)
    return fail(zmq_code(zmq_errno()), "socket monitor", zmq_errno());
  ZmqSocket socket = TRY(ZmqSocket::create(context, ZMQ_PAIR));
  TRY(socket.set(ZMQ_RCVHWM, 0));
  TRY(socket.connect(kMonitorEndpoint));
  return Monitor(watched.handle(), std::move(socket));
}

Monitor::~Monitor() {
  if (watched_ != nullptr) zmq_socket_monitor(watched_, nullptr, 0);
}

Result<std::vector<LineEvent>> Monitor::drain() {
  std::vector<LineEvent> events;
  while (true) {
    ZmqMessage head;
    if (const Status got = socket_.receive(head); !got.has_value()) {
      if (got.error().code == kRelayWouldBlock) return events;
      if (got.error().code == kRelayInterrupted) continue;
      return fail(got.error());
    }
    if (head.view().size() == kEventBytes) {
      std::uint16_t event = 0;
      std::int32_t value = 0;
      std::memcpy(&event, head.view().data(), sizeof event);
      std::memcpy(&value, head.view().data() + sizeof event, sizeof value);
      if (event == ZMQ_EVENT_ACCEPTED) events.push_back({LineEvent::Kind::kAccepted, value});
      if (event == ZMQ_EVENT_DISCONNECTED) events.push_back({LineEvent::Kind::kGone, value});
      if (event == ZMQ_EVENT_ACCEPT_FAILED)
        events.push_back({LineEvent::Kind::kAcceptFailed, value});
    }
    for (bool more = head.more(); more;) {
      ZmqMessage rest;
      TRY(socket_.receive(rest));
      more = rest.more();
    }
  }
}

}  // namespace tocsin::edge

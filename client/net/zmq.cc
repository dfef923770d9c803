#include "client/net/zmq.h"

#include <atomic>
#include <cerrno>
#include <cstring>

namespace tocsin::net {

namespace {

std::unexpected<Error> zmq_failure(const char* where) {
  const int error_number = zmq_errno();
  return fail(zmq_code(error_number), where, error_number);
}

}  // namespace

Code zmq_code(int error_number) {
  return error_number == EAGAIN || error_number == EINTR ? kNetWouldBlock : kNetFault;
}

void ZmqContext::Close::operator()(void* context) const {
  while (zmq_ctx_term(context) != 0 && zmq_errno() == EINTR) {
  }
}

Result<ZmqContext> ZmqContext::create() {
  void* context = zmq_ctx_new();
  if (context == nullptr) return zmq_failure("zmq context");
  return ZmqContext(context);
}

void ZmqSocket::Close::operator()(void* socket) const { zmq_close(socket); }

Result<ZmqSocket> ZmqSocket::create(const ZmqContext& context, int type) {
  void* socket = zmq_socket(context.handle(), type);
  if (socket == nullptr) return zmq_failure("zmq socket");
  ZmqSocket owned(socket);
  // Trap Z9: the default waits for ever when the process ends.
  TRY(owned.set(ZMQ_LINGER, 0));
  return owned;
}

Status ZmqSocket::set(int option, int value) {
  if (zmq_setsockopt(socket_.get(), option, &value, sizeof value) != 0)
    return zmq_failure("socket option");
  return {};
}

Status ZmqSocket::set_wide(int option, std::int64_t value) {
  if (zmq_setsockopt(socket_.get(), option, &value, sizeof value) != 0)
    return zmq_failure("socket option");
  return {};
}

Status ZmqSocket::set(int option, BytesView value) {
  if (zmq_setsockopt(socket_.get(), option, value.data(), value.size()) != 0)
    return zmq_failure("socket option");
  return {};
}

Status ZmqSocket::connect(const std::string& endpoint) {
  if (zmq_connect(socket_.get(), endpoint.c_str()) != 0) return zmq_failure("connect");
  return {};
}

Status ZmqSocket::receive(ZmqMessage& message) {
  if (zmq_msg_recv(message.handle(), socket_.get(), ZMQ_DONTWAIT) < 0)
    return zmq_failure("receive");
  return {};
}

Status ZmqSocket::send(BytesView part) {
  if (zmq_send(socket_.get(), part.data(), part.size(), ZMQ_DONTWAIT) < 0)
    return zmq_failure("send");
  return {};
}

Result<ZmqMonitor> ZmqMonitor::create(const ZmqContext& context, const ZmqSocket& watched) {
  static std::atomic<std::uint64_t> number{0};
  const std::string endpoint =
      "inproc://tocsin-line-" + std::to_string(number.fetch_add(1, std::memory_order_relaxed));
  if (zmq_socket_monitor(watched.handle(), endpoint.c_str(), ZMQ_EVENT_ALL) != 0)
    return zmq_failure("monitor");
  ZmqSocket events = TRY(ZmqSocket::create(context, ZMQ_PAIR));
  TRY(events.set(ZMQ_RCVHWM, 0));  // libzmq's own thread never waits for us
  TRY(events.connect(endpoint));
  return ZmqMonitor(watched.handle(), std::move(events));
}

ZmqMonitor::~ZmqMonitor() {
  if (watched_ != nullptr) zmq_socket_monitor(watched_, nullptr, 0);
}

Result<ZmqMonitor::Event> ZmqMonitor::next() {
  constexpr std::size_t kEventBytes = 6;  // u16 event | u32 value, host order
  ZmqMessage head;
  TRY(events_.receive(head));
  Event event;
  if (head.view().size() == kEventBytes) {
    std::memcpy(&event.kind, head.view().data(), sizeof event.kind);
    std::memcpy(&event.value, head.view().data() + sizeof event.kind, sizeof event.value);
  }
  for (bool more = head.more(); more;) {
    ZmqMessage rest;
    TRY(events_.receive(rest));
    more = rest.more();
  }
  return event;
}

}  // namespace tocsin::net

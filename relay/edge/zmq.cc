#include "relay/edge/zmq.h"

#include <cerrno>

namespace tocsin::edge {

namespace {

std::unexpected<Error> zmq_failure(const char* where) {
  const int error_number = zmq_errno();
  return fail(zmq_code(error_number), where, error_number);
}

}  // namespace

Code zmq_code(int error_number) {
  switch (error_number) {
    case EAGAIN:
      return kRelayWouldBlock;
    case EHOSTUNREACH:
      return kRelayPeerGone;
    case EADDRINUSE:
      return kRelayAddressInUse;
    case EINTR:
      return kRelayInterrupted;
    default:
      return kRelayTransportFault;
  }
}

void ZmqContext::Close::operator()(void* context) const {
  while (zmq_ctx_term(context) != 0 && zmq_errno() == EINTR) {
  }
}

Result<ZmqContext> ZmqContext::create(int io_threads) {
  void* context = zmq_ctx_new();
  if (context == nullptr) return zmq_failure("zmq context");
  ZmqContext owned(context);
  if (zmq_ctx_set(context, ZMQ_IO_THREADS, io_threads) != 0) return zmq_failure("io threads");
  return owned;
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

Status ZmqSocket::bind(const std::string& endpoint) {
  if (zmq_bind(socket_.get(), endpoint.c_str()) != 0) return zmq_failure("bind");
  return {};
}

Status ZmqSocket::connect(const std::string& endpoint) {
  if (zmq_connect(socket_.get(), endpoint.c_str()) != 0) return zmq_failure("connect");
  return {};
}

Result<int> ZmqSocket::events() {
  int events = 0;
  std::size_t size = sizeof events;
  if (zmq_getsockopt(socket_.get(), ZMQ_EVENTS, &events, &size) != 0) return zmq_failure("events");
  return events;
}

Status ZmqSocket::receive(ZmqMessage& message) {
  if (zmq_msg_recv(message.handle(), socket_.get(), ZMQ_DONTWAIT) < 0)
    return zmq_failure("receive");
  return {};
}

Status ZmqSocket::send(BytesView part, int more_or_zero) {
  if (zmq_send(socket_.get(), part.data(), part.size(), ZMQ_DONTWAIT | more_or_zero) < 0)
    return zmq_failure("send");
  return {};
}

}  // namespace tocsin::edge

#include "client/net/zmq.h"

#include <cerrno>

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

}  // namespace tocsin::net

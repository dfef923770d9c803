// relay/edge/zmq.h: libzmq's C API in owning objects: context, socket, message.
//
// Errors:  relay_would_block, relay_peer_gone, relay_address_in_use, relay_interrupted,
//          relay_transport_fault (detail = errno): zmq_code() is total over errno
// Threads: a context from any thread; a socket and its messages from one
#pragma once

#include <zmq.h>

#include <memory>
#include <string>

#include "crypto/base/bytes.h"
#include "relay/codes.h"

namespace tocsin::edge {

Code zmq_code(int error_number);

class ZmqContext {
 public:
  static Result<ZmqContext> create(int io_threads);
  void* handle() const { return context_.get(); }

 private:
  struct Close {
    void operator()(void* context) const;
  };
  explicit ZmqContext(void* context) : context_(context) {}
  std::unique_ptr<void, Close> context_;
};

class ZmqMessage {
 public:
  ZmqMessage() { zmq_msg_init(&message_); }
  ~ZmqMessage() { zmq_msg_close(&message_); }
  ZmqMessage(const ZmqMessage&) = delete;
  ZmqMessage& operator=(const ZmqMessage&) = delete;

  BytesView view() const {
    return {static_cast<const std::uint8_t*>(zmq_msg_data(&message_)), zmq_msg_size(&message_)};
  }
  bool more() const { return zmq_msg_more(&message_) != 0; }
  // The descriptor the message came in on, or -1 (only content parts carry it: trap Z3).
  int source_fd() const { return zmq_msg_get(&message_, ZMQ_SRCFD); }
  zmq_msg_t* handle() { return &message_; }

 private:
  mutable zmq_msg_t message_;
};

class ZmqSocket {
 public:
  static Result<ZmqSocket> create(const ZmqContext& context, int type);

  Status set(int option, int value);
  Status set_wide(int option, std::int64_t value);
  Status set(int option, BytesView value);
  Status bind(const std::string& endpoint);
  Status connect(const std::string& endpoint);
  // Lets libzmq take in what its own threads have to say, then tells the ready events.
  Result<int> events();

  Status receive(ZmqMessage& message);            // one part, never waits
  Status send(BytesView part, int more_or_zero);  // one part, never waits
  void* handle() const { return socket_.get(); }

 private:
  struct Close {
    void operator()(void* socket) const;
  };
  explicit ZmqSocket(void* socket) : socket_(socket) {}
  std::unique_ptr<void, Close> socket_;
};

}  // namespace tocsin::edge

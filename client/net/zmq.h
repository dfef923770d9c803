// client/net/zmq.h: libzmq's C API in owning objects: context, socket, message.
//
// Errors:  net_would_block, net_fault (detail = errno); zmq_code() is total over errno
// Threads: a context from any thread; a socket and its messages from one
#pragma once

#include <zmq.h>

#include <memory>
#include <string>
#include <utility>

#include "client/codes.h"
#include "crypto/base/bytes.h"

namespace tocsin::net {

Code zmq_code(int error_number);

class ZmqContext {
 public:
  static Result<ZmqContext> create();
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
  Status connect(const std::string& endpoint);
  Status receive(ZmqMessage& message);  // one part, never waits
  Status send(BytesView part);          // one frame, never waits
  void* handle() const { return socket_.get(); }

 private:
  struct Close {
    void operator()(void* socket) const;
  };
  explicit ZmqSocket(void* socket) : socket_(socket) {}
  std::unique_ptr<void, Close> socket_;
};

// The events of one socket. Monitoring is switched off before the reading end goes: libzmq's own
// thread would wait for ever to tell an event to nobody.
class ZmqMonitor {
 public:
  static Result<ZmqMonitor> create(const ZmqContext& context, const ZmqSocket& watched);
  ZmqMonitor(ZmqMonitor&& other) noexcept
      : watched_(std::exchange(other.watched_, nullptr)), events_(std::move(other.events_)) {}
  ZmqMonitor& operator=(ZmqMonitor&&) = delete;
  ~ZmqMonitor();

  void* handle() const { return events_.handle(); }
  struct Event {
    std::uint16_t kind = 0;  // ZMQ_EVENT_…
    std::int32_t value = 0;
  };
  // Errors: net_would_block (nothing more to tell).
  Result<Event> next();

 private:
  ZmqMonitor(void* watched, ZmqSocket events) : watched_(watched), events_(std::move(events)) {}
  void* watched_;  // outlives this
  ZmqSocket events_;
};

}  // namespace tocsin::net

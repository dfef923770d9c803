// relay/edge/monitor.h: what libzmq says about the lines of one socket: accepted, gone.
//
// Shape:   drain() yields the events since the last call, in libzmq's order
// Errors:  relay_would_block never leaves here (it means: nothing more); relay_transport_fault
// Threads: the thread of the monitored socket
//
// Monitoring is switched off before the reading end goes: libzmq's own thread would wait for ever
// to tell an event to nobody. So a Monitor goes before the socket it watches.
//
// Trap Z12: there is no event for "this routing id left", only for descriptors; the join is
// peers.h. The queue is unbounded on purpose: a full one would stop libzmq's own threads.
#pragma once

#include <utility>
#include <vector>

#include "relay/edge/zmq.h"

namespace tocsin::edge {

struct LineEvent {
  enum class Kind : std::uint8_t { kAccepted, kGone, kAcceptFailed };
  Kind kind = Kind::kAccepted;
  int fd = -1;  // with kAcceptFailed: errno
};

class Monitor {
 public:
  // Starts before the monitored socket is bound, or events would be missed.
  static Result<Monitor> create(const ZmqContext& context, const ZmqSocket& watched);
  Monitor(Monitor&& other) noexcept
      : watched_(std::exchange(other.watched_, nullptr)), socket_(std::move(other.socket_)) {}
  Monitor& operator=(Monitor&&) = delete;
  ~Monitor();
  Result<std::vector<LineEvent>> drain();
  const ZmqSocket& socket() const { return socket_; }

 private:
  Monitor(void* watched, ZmqSocket socket) : watched_(watched), socket_(std::move(socket)) {}
  void* watched_;
  ZmqSocket socket_;
};

}  // namespace tocsin::edge

// relay/store/boundary_pump.h: what the loops of both planes have in common: they wait for their
// edge, take what it sent while it takes what it is sent, and leave in time.
//
// Shape:   wait() … receive() while is_receptive() … push into out(), send() … until wait() says
//          stop, then leave()
// Errors:  boundary_closed (the edge is gone), malformed (it is not what it says), file_fault
// Threads: one; stop() from any thread or a signal handler
#pragma once

#include "relay/boundary.h"
#include "relay/store/wake.h"

namespace tocsin {

class BoundaryPump {
 public:
  static Result<BoundaryPump> create(StoreEnd boundary);

  enum class Next : std::uint8_t { kGoOn, kStop };
  // Until the edge has or takes something, `other` (a descriptor, -1 for none) is readable, or the
  // milliseconds are over; then sends what the edge takes.
  Result<Next> wait(int milliseconds, int other = -1);
  // Nothing is taken from an edge that does not take what it asked for (relay/boundary.h).
  bool is_receptive() const { return out_.empty() && boundary_.has_room(); }
  Result<EdgeBatch> receive() { return boundary_.receive(); }
  // For the edge, not yet taken by the boundary.
  StoreBatch& out() { return out_; }
  Status send();
  // What is left goes out, unless the edge does not take it for half a second.
  Status leave();
  void stop() const { stop_.ring(); }

 private:
  BoundaryPump(StoreEnd boundary, Wake stop)
      : boundary_(std::move(boundary)), stop_(std::move(stop)) {}

  StoreEnd boundary_;
  Wake stop_;
  StoreBatch out_;
};

}  // namespace tocsin

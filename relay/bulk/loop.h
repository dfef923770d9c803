// relay/bulk/loop.h: the bulk plane's thread: takes batches from its edge, commits, answers.
//
// Spec:    protocol/spec/blob.md BLB-1.4
// Shape:   run() until stop(), or until the edge is gone, or until the store fails
// Errors:  boundary_closed (the edge is gone), malformed (it is not what it says), the engine's
// Threads: run() on the plane's own; stop() from any thread or a signal handler
// Cost:    a batch is what arrived while the one before was committed, at most what one receive()
//          returns: no timer, and a lone frame waits for nobody
#pragma once

#include <functional>

#include "relay/bulk/engine.h"
#include "relay/store/wake.h"

namespace tocsin {

class BulkLoop {
 public:
  // `engine` outlives it.
  static Result<std::unique_ptr<BulkLoop>> create(BulkEngine& engine, StoreEnd boundary);

  // Called on the plane's thread about once a second with what there is to tell.
  void on_figures(std::function<void(const BulkFigures&)> tell) { tell_ = std::move(tell); }

  Status run();
  // Everything taken is committed and answered first.
  void stop() const { stop_.ring(); }

 private:
  BulkLoop(BulkEngine& engine, StoreEnd boundary, Wake stop)
      : engine_(engine), boundary_(std::move(boundary)), stop_(std::move(stop)) {}

  enum class Next : std::uint8_t { kGoOn, kStop };
  Result<Next> wait();
  Status turn();
  Status send_out();
  Status leave();
  void tell_now_and_then();

  BulkEngine& engine_;
  StoreEnd boundary_;
  Wake stop_;
  std::function<void(const BulkFigures&)> tell_;
  StoreBatch out_;     // for the edge, not yet taken by the boundary
  bool more_ = false;  // the boundary may have buffered messages that no poll announces
  Sweep sweep_ = Sweep::kMore;
  std::int64_t told_ = 0;
};

}  // namespace tocsin

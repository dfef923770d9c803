// relay/bulk/loop.h: the bulk plane's thread: takes batches from its edge, commits, answers.
//
// Spec:    protocol/spec/blob.md BLB-1.4, BLB-9.2
// Shape:   run() until stop(), or until the edge is gone, or until the store fails
// Errors:  boundary_closed (the edge is gone), malformed (it is not what it says), the engine's
// Threads: run() on the plane's own; stop() from any thread or a signal handler
// Cost:    a batch is what arrived while the one before was committed, at most what one receive()
//          returns and what BulkEngine::take() takes of it: no timer, and a lone frame waits for
//          nobody
#pragma once

#include <functional>

#include "relay/bulk/engine.h"
#include "relay/store/boundary_pump.h"

namespace tocsin {

class BulkLoop {
 public:
  using Milliseconds = std::int64_t;
  using Clock = std::function<Milliseconds()>;  // one that never jumps

  // `engine` outlives it.
  static Result<std::unique_ptr<BulkLoop>> create(BulkEngine& engine, StoreEnd boundary);
  static Result<std::unique_ptr<BulkLoop>> create(BulkEngine& engine, StoreEnd boundary,
                                                  Clock clock);

  // Called on the plane's thread about once a second with what there is to tell.
  void on_figures(std::function<void(const BulkFigures&)> tell) { tell_ = std::move(tell); }

  Status run();
  // Everything taken is committed and answered first.
  void stop() const { pump_.stop(); }

 private:
  BulkLoop(BulkEngine& engine, BoundaryPump pump, Clock clock)
      : engine_(engine), pump_(std::move(pump)), clock_(std::move(clock)) {}

  Milliseconds patience() const;
  Status serve();
  Status tick_if_due();
  void tell_now_and_then();

  BulkEngine& engine_;
  BoundaryPump pump_;
  Clock clock_;
  std::function<void(const BulkFigures&)> tell_;
  EdgeBatch batch_;
  std::size_t taken_ = 0;  // of it
  bool more_ = false;      // the boundary may have buffered messages that no poll announces
  Sweep sweep_ = Sweep::kMore;
  Milliseconds ticked_ = 0;
  Milliseconds told_ = 0;
};

}  // namespace tocsin

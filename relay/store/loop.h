// relay/store/loop.h: the store's thread: takes batches from the edge, commits, answers.
//
// Spec:    protocol/spec/store.md STO-4
// Shape:   run() until stop(), or until the edge is gone, or until the store fails
// Errors:  boundary_closed (the edge is gone), malformed (it is not what it says), the engine's
// Threads: run() on the store's; stop() from any thread or a signal handler
// Cost:    one commit per 256 cells to write or 5 ms, whichever comes first: acknowledgements do
//          not count, and one that comes in time spares its cell the writing
#pragma once

#include <chrono>
#include <functional>

#include "relay/store/boundary_pump.h"
#include "relay/store/engine.h"
#include "relay/store/work_thread.h"

namespace tocsin {

class StoreLoop {
 public:
  // `engine` and `work` outlive it.
  static Result<std::unique_ptr<StoreLoop>> create(StoreEngine& engine, WorkThread& work,
                                                   StoreEnd boundary);

  // Called on the store's thread about once a second with what there is to tell.
  void on_figures(std::function<void(const EngineFigures&)> tell) { tell_ = std::move(tell); }

  Status run();
  // Everything taken is committed and answered first; well under two seconds.
  void stop() const { pump_.stop(); }

 private:
  using Steady = std::chrono::steady_clock;
  StoreLoop(StoreEngine& engine, WorkThread& work, BoundaryPump pump)
      : engine_(engine), work_(work), pump_(std::move(pump)) {}

  Status take_arrived();
  Status commit_if_due();
  Status commit();
  Status leave();
  int patience() const;  // milliseconds to poll

  StoreEngine& engine_;
  WorkThread& work_;
  BoundaryPump pump_;
  std::function<void(const EngineFigures&)> tell_;
  bool more_ = false;  // the boundary may have buffered messages that no poll announces
  Steady::time_point first_taken_, told_;
};

}  // namespace tocsin

// crypto/age/machine.h: what the streaming halves of an age file have in common.
//
// Shape:   update as often as one likes, then finish once; what comes out goes to a sink
// Errors:  the first one is the only one: every later call gives it again. After finish():
//          out_of_range
// Threads: one object, one thread
#pragma once

#include <functional>
#include <optional>

#include "crypto/base/bytes.h"
#include "crypto/base/codes.h"

namespace tocsin::age {

// Takes what comes out, in order. What a sink was given before an error is authentic as far as it
// goes, and no more than that: it may be cut.
using Sink = std::function<Status(BytesView)>;

// A machine that failed, or has finished, stays so: going on would leave out a piece and then call
// the rest whole.
class Latch {
 public:
  template <class Step>
  Status step(Step&& work) {
    if (ended_.has_value()) return fail(*ended_);
    const Status done = work();
    if (!done.has_value()) ended_ = done.error();
    return done;
  }
  template <class Step>
  Status last_step(Step&& work) {
    TRY(step(work));
    ended_ = Error{kOutOfRange, "used after its end", 0};
    return {};
  }

 private:
  std::optional<Error> ended_;
};

}  // namespace tocsin::age

// relay/store/work_gate.h: how many strangers' proofs are checked, and how hard they must be.
//
// Spec:    protocol/spec/mailbox.md MBX-6
// Shape:   at most kArgonChecksPerSecond enter and kMaxWaitingWork wait; every second in which
//          somebody was turned away makes the next welcome ask for one bit more
// Threads: values only
#pragma once

#include "protocol/limits.h"
#include "relay/store/limits.h"
#include "relay/store/token_bucket.h"

namespace tocsin {

class WorkGate {
 public:
  explicit WorkGate(std::uint32_t base_bits) : base_bits_(base_bits) {}

  enum class Entry : std::uint8_t { kCheck, kBusy };
  Entry enter(Instant now) {
    settle(now);
    if (waiting_ >= kMaxWaitingWork || !checks_.take(kArgonChecksPerSecond, now)) {
      turned_away_ = true;
      return Entry::kBusy;
    }
    ++waiting_;
    return Entry::kCheck;
  }
  void leave() { --waiting_; }

  // What a welcome tells now.
  std::uint32_t bits(Instant now) {
    settle(now);
    return std::min(base_bits_ + pressure_, kMaxWorkBits);
  }

 private:
  // Up one bit after a second with refusals, down one after a calm minute.
  void settle(Instant now) {
    const std::int64_t elapsed = now.milliseconds - since_.milliseconds;
    if (turned_away_ && elapsed >= 1'000) {
      pressure_ = std::min(pressure_ + 1, kMaxPressureBits);
    } else if (!turned_away_ && elapsed >= 60'000) {
      pressure_ -= pressure_ > 0 ? 1 : 0;
    } else {
      return;
    }
    turned_away_ = false;
    since_ = now;
  }

  static constexpr std::uint32_t kMaxPressureBits = 8;
  std::uint32_t base_bits_;
  std::uint32_t pressure_ = 0;
  std::size_t waiting_ = 0;
  bool turned_away_ = false;
  Instant since_;
  TokenBucket checks_;
};

}  // namespace tocsin

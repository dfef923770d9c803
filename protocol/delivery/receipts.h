// protocol/delivery/receipts.h: receipts, acknowledgements and healing envelopes leave on ticks.
//
// Spec:    protocol/spec/delivery.md DLV-7, DLV-8
// Errors:  malformed (a stored row)
// Threads: values only
#pragma once

#include <deque>
#include <optional>

#include "crypto/base/rng.h"
#include "crypto/base/time.h"
#include "protocol/delivery/limits.h"
#include "protocol/session/bodies.h"

namespace tocsin {

// The next common tick of acknowledgements to a relay: outcome and time of work do not show.
Instant acknowledgement_tick(Instant now);

// Receipts owed to one contact, batched.
class ReceiptQueue {
 public:
  // A later state of the same message replaces an earlier one that has not left.
  void add(const Receipt& receipt);
  bool empty() const { return waiting_.empty(); }
  // When the batch leaves; set once per batch with jitter.
  std::optional<Instant> tick(Instant now, Rng& rng);
  // The oldest 1 … kMaxReceipts once the tick has come; else nothing. Commit their message and
  // this row together.
  std::vector<Receipt> take(Instant now);

  Bytes encode() const;
  static Result<ReceiptQueue> decode(BytesView row);

 private:
  std::deque<Receipt> waiting_;
  std::optional<Instant> tick_;
};

// When a receiver owes the ratchet an envelope although nobody wrote anything.
class HealingClock {
 public:
  // An envelope was opened; empty ones count for the number, not for the time.
  void on_taken(ContentKind kind, Instant now);
  void on_sent();
  // When to send an empty envelope if nothing else is sent before; jittered, planned once.
  std::optional<Instant> due(Instant now, Rng& rng);

  Bytes encode() const;
  static Result<HealingClock> decode(BytesView row);

 private:
  std::uint32_t taken_ = 0;
  std::optional<Instant> waiting_since_;
  std::optional<Instant> due_;
};

}  // namespace tocsin

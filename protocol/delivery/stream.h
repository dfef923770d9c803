// protocol/delivery/stream.h: order of messages, and which are missing.
//
// Spec:    protocol/spec/delivery.md DLV-6
// Shape:   the sender numbers its messages 1, 2, 3 … in a stream with a random id; the receiver
//          sorts by order key and names gaps
// Errors:  malformed (a stored row)
// Threads: values only
#pragma once

#include <optional>
#include <vector>

#include "crypto/base/time.h"
#include "protocol/delivery/limits.h"
#include "protocol/session/fragment.h"

namespace tocsin {

// The sender's side, one per contact; a restored vault starts a new one.
class SendingStream {
 public:
  static SendingStream create(Rng& rng);
  static SendingStream restore(std::uint32_t stream, std::uint32_t next) { return {stream, next}; }
  // Prefix of the next message; commit this row with the message.
  MessagePrefix take(ContentKind kind, Instant now);
  std::uint32_t stream() const { return stream_; }
  std::uint32_t next() const { return next_; }

 private:
  SendingStream(std::uint32_t stream, std::uint32_t next) : stream_(stream), next_(next) {}
  std::uint32_t stream_;
  std::uint32_t next_;
};

// Sorts the messages of one contact: streams in the order they began here, then by sequence.
using OrderKey = Strong<struct OrderKeyTag, std::uint64_t>;

struct MissingRange {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  Instant since;
  bool reported = false;
  friend bool operator==(const MissingRange&, const MissingRange&) = default;
};

struct ReceivingStream {
  std::uint32_t stream = 0;
  std::uint32_t ordinal = 0;  // 1, 2, 3 … within the contact
  std::uint32_t highest = 0;
  std::vector<MissingRange> missing;
  friend bool operator==(const ReceivingStream&, const ReceivingStream&) = default;
};

// The receiver's side, one per contact.
class ReceivingStreams {
 public:
  // The place of a message. Nothing before the first message seen of a stream is called missing.
  OrderKey place(const MessagePrefix& prefix, Instant now);
  // Messages missing longer than kMissingGrace and not reported yet: each is reported once.
  std::uint64_t report_missing(Instant now);
  // Messages missing now, reported or not.
  std::uint64_t missing() const;

  Bytes encode() const;
  static Result<ReceivingStreams> decode(BytesView row);

 private:
  std::vector<ReceivingStream> streams_;  // oldest first, at most kMaxStreams
  std::uint32_t last_ordinal_ = 0;
  std::uint64_t unreported_ = 0;  // of ranges that had to make room
};

}  // namespace tocsin

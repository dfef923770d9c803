// tests/bench/glance.h: what the load generator reads of a cell without decoding it.
//
// Spec:    protocol/spec/wire.md WIR-2.1: a message has one encoding, so fields have fixed places
// Shape:   replies, or one push of an envelope; anything else ends the bench
// Errors:  ends the bench
// Threads: values only
// Cost:    no allocation; a client of the echo looks at nothing, so every microsecond spent here
//          would be taken for one of the relay's
#pragma once

#include "crypto/base/codec.h"
#include "protocol/limits.h"
#include "protocol/wire/cell.h"
#include "tests/bench/figures.h"

namespace tocsin::bench {

class Glance {
 public:
  enum class Kind : std::uint16_t { kReplies = 3, kPushes = 4 };

  explicit Glance(BytesView cell) : cell_(cell) {
    if (cell.size() != kCellBytes) give_up("a frame of another size");
    if (kind() != Kind::kReplies && kind() != Kind::kPushes) give_up("neither replies nor pushes");
  }
  Kind kind() const { return static_cast<Kind>(at<std::uint16_t>(kKindAt)); }

  // Of replies.
  std::size_t replies() const {
    const std::size_t count = at<std::uint32_t>(kListTagAt) >> 2;
    if (count == 0 || count > (kCellBytes - kListAt) / kReplyStructBytes) give_up("replies");
    return count;
  }
  RequestId reply_id(std::size_t i) const {
    return {at<std::uint64_t>(kListAt + i * kReplyStructBytes)};
  }
  Answer answer(std::size_t i) const {
    return static_cast<Answer>(at<std::uint16_t>(kListAt + i * kReplyStructBytes + 8));
  }

  // Of pushes: the one that fits.
  RequestId subscription() const { return {at<std::uint64_t>(kListAt)}; }
  Sequence sequence() const { return {at<std::uint64_t>(kListAt + 8)}; }
  BytesView envelope() const { return cell_.subspan(kListAt + kPushStructBytes, kEnvelopeBytes); }

 private:
  static constexpr std::size_t kKindAt = kSegmentTableBytes + kRootPointerBytes;
  static constexpr std::size_t kListTagAt = kKindAt + kMessageStructBytes;
  static constexpr std::size_t kListAt = kCellOverheadBytes;
  static_assert(kListAt == kListTagAt + kListTagBytes);

  template <class Integer>
  Integer at(std::size_t place) const {
    return Reader(cell_.subspan(place, sizeof(Integer))).integer<Integer>();
  }
  BytesView cell_;
};

}  // namespace tocsin::bench

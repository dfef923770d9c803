// protocol/evidence/tree.h: the hash tree over a file's frames, grown one frame at a time.
//
// Spec:    protocol/spec/evidence.md EVI-3
// Source:  RFC 6962 section 2.1
// Shape:   state: at most 21 hashes at any length of a file; kept between runs as rows
// Errors:  malformed (a kept state that no tree has)
// Threads: values only
// Cost:    one hash for each frame, on average
#pragma once

#include <vector>

#include "crypto/box/hash.h"
#include "protocol/evidence/limits.h"

namespace tocsin {

// SHA-256(0x00 ‖ iv ‖ tag): who has no key can compute it from a frame of kFrameBytes.
Sha256 frame_leaf(BytesView frame);

class FrameTree {
 public:
  FrameTree() = default;
  // As peaks() and count() of another one gave it.
  static Result<FrameTree> resume(std::uint64_t count, std::vector<Sha256> peaks);

  void append(const Sha256& leaf);
  std::uint64_t count() const { return count_; }
  // Roots of the whole subtrees so far, the largest first: one for each bit that is set in count().
  const std::vector<Sha256>& peaks() const { return peaks_; }
  // Over all leaves so far; of none, SHA-256 of nothing.
  Sha256 root() const;

 private:
  std::uint64_t count_ = 0;
  std::vector<Sha256> peaks_;
};

}  // namespace tocsin

#include "protocol/evidence/tree.h"

#include <bit>
#include <cstdlib>

#include "crypto/base/codes.h"

namespace tocsin {
namespace {

constexpr std::array<std::uint8_t, 1> kLeafPrefix{0x00};
constexpr std::array<std::uint8_t, 1> kNodePrefix{0x01};

Sha256 node(const Sha256& left, const Sha256& right) {
  return sha256({kNodePrefix, left.view(), right.view()});
}

}  // namespace

Sha256 frame_leaf(BytesView frame) {
  if (frame.size() != kFrameBytes) std::abort();
  return sha256({kLeafPrefix, frame.first(kFrameIvBytes), frame.last(kFrameTagBytes)});
}

Result<FrameTree> FrameTree::resume(std::uint64_t count, std::vector<Sha256> peaks) {
  if (count > kMostFrames || std::cmp_not_equal(std::popcount(count), peaks.size()))
    return fail(kMalformed, "peaks of a tree", static_cast<std::int64_t>(peaks.size()));
  FrameTree tree;
  tree.count_ = count;
  tree.peaks_ = std::move(peaks);
  return tree;
}

void FrameTree::append(const Sha256& leaf) {
  Sha256 peak = leaf;
  // As a carry in a binary counter: two whole subtrees of one size become one.
  for (std::uint64_t bits = count_; (bits & 1U) != 0; bits >>= 1U) {
    peak = node(peaks_.back(), peak);
    peaks_.pop_back();
  }
  peaks_.push_back(peak);
  ++count_;
}

Sha256 FrameTree::root() const {
  if (peaks_.empty()) return sha256({});
  Sha256 root = peaks_.back();
  for (std::size_t i = peaks_.size() - 1; i-- > 0;) root = node(peaks_[i], root);
  return root;
}

}  // namespace tocsin

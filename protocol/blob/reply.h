// protocol/blob/reply.h: bodies of the bulk plane's replies.
//
// Spec:    protocol/spec/blob.md BLB-4 … BLB-8
// Shape:   create → read id 32; or, with `full`, how many frames are free 4
//          stat   → frames 4 ‖ sealed 1 ‖ map: bit i % 8 of byte ⌊i / 8⌋ is frame i, the rest zero
// Errors:  malformed
// Threads: values only
#pragma once

#include "protocol/blob/limits.h"
#include "protocol/blob/rows.h"

namespace tocsin {

// Which of a blob's frames are there.
class FrameMap {
 public:
  explicit FrameMap(std::uint32_t frames) : frames_(frames), bits_((frames + 7) / 8) {}

  std::uint32_t frames() const { return frames_; }
  bool has(std::uint32_t index) const { return (bits_[index / 8] >> (index % 8) & 1) != 0; }
  void set(std::uint32_t index) {
    bits_[index / 8] = static_cast<std::uint8_t>(bits_[index / 8] | 1 << (index % 8));
  }
  std::uint32_t count() const;
  BytesView bits() const { return bits_; }
  // malformed: another length, or a bit behind the last frame.
  static Result<FrameMap> from(std::uint32_t frames, BytesView bits);
  bool operator==(const FrameMap&) const = default;

 private:
  std::uint32_t frames_;
  Bytes bits_;
};

struct BlobStat {
  BlobStanding standing = BlobStanding::kOpen;
  FrameMap map;
  bool operator==(const BlobStat&) const = default;
};
Bytes encode_stat(const BlobStat& stat);
Result<BlobStat> decode_stat(BytesView body);

Bytes encode_free_frames(std::uint32_t frames);
Result<std::uint32_t> decode_free_frames(BytesView body);

}  // namespace tocsin

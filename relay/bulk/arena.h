// relay/bulk/arena.h: one preallocated file of equal slots.
//
// Spec:    protocol/spec/blob.md BLB-9.1
// Shape:   slots of 65,536 bytes, the first 65,280 of them used; the file never grows or shrinks
// Errors:  disk_full (at the making; on a file system that copies on writing also later),
//          damaged (a file of another length), slot_fault (the disk does not give or take this one
//          slot), file_fault (errno)
// Threads: one
#pragma once

#include "crypto/base/files.h"
#include "protocol/blob/data_frame.h"

namespace tocsin {

using Slot = Strong<struct SlotTag, std::uint32_t>;

class Arena {
 public:
  // A slot begins at a multiple of every disk's block.
  static constexpr std::size_t kSlotBytes = kDataFrameBytes;
  static_assert(kSlotBytes >= kStoredFrameBytes && kSlotBytes % 4'096 == 0);

  // A new file of mode 0600 with its whole room taken from the disk.
  static Result<Arena> create(const Path& path, std::uint32_t slots);
  static Result<Arena> open(const Path& path, std::uint32_t slots);

  Status write(Slot slot, StoredFrame stored);
  Result<Bytes> read(Slot slot) const;
  Status erase(Slot slot);
  // What was written and erased is on the disk.
  Status sync() const;

 private:
  explicit Arena(FileDescriptor file) : file_(std::move(file)) {}
  FileDescriptor file_;
};

}  // namespace tocsin

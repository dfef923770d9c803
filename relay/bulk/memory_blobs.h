// relay/bulk/memory_blobs.h: blobs that die with the process (--ephemeral, tests).
//
// Spec:    relay/bulk/blob_store.h
// Shape:   ordered maps and an undo list for the open batch
// Errors:  none of its own
// Threads: one
#pragma once

#include <functional>
#include <map>

#include "relay/bulk/blob_store.h"

namespace tocsin {

class MemoryBlobs final : public BlobStore {
 public:
  explicit MemoryBlobs(std::uint32_t slots) : counts_{.slots = slots}, committed_(counts_) {}

  Status begin() override;
  Status commit() override;
  void rollback() override;

  Result<std::optional<BlobRow>> blob_by_read(const LookupHash& read) override;
  Result<BlobNumber> insert_blob(const BlobRow& row) override;
  Status update_blob(const BlobRow& row) override;
  Status erase_blob(BlobNumber blob) override;

  Result<bool> has_frame(BlobNumber blob, std::uint32_t index) override;
  Result<FrameMap> frame_map(const BlobRow& blob) override;
  Result<Bytes> read_frame(BlobNumber blob, std::uint32_t index) override;
  Status store_frame(BlobNumber blob, std::uint32_t index, StoredFrame stored) override;

  Result<std::vector<BlobRow>> list_blobs(BlobNumber after, std::size_t limit) override;
  Result<Sweep> expire(Day today, std::size_t blobs) override;
  BlobCounts counts() const override { return counts_; }
  Result<Sweep> maintain(Instant now) override;

 private:
  using Frames = std::map<std::uint32_t, Bytes>;
  struct Blob {
    BlobRow row;
    Frames frames;
  };
  void undo_with(std::function<void()> step) { undo_.push_back(std::move(step)); }

  std::map<BlobNumber, Blob> blobs_;
  BlobNumber last_number_{0};
  BlobCounts counts_, committed_;
  std::vector<std::function<void()>> undo_;
};

}  // namespace tocsin

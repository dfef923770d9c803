// tests/support/faulty_blobs.h: a blob store over another one that fails when a test says so.
//
// Shape:   the next call of a kind answers the error; the store underneath did nothing of it
// Threads: the test's
#pragma once

#include <optional>
#include <utility>

#include "relay/bulk/blob_store.h"

namespace tocsin {

class FaultyBlobs final : public BlobStore {
 public:
  explicit FaultyBlobs(BlobStore& store) : store_(store) {}

  std::optional<Error> at_commit, at_store_frame, at_read_frame;  // once each
  int maintained = 0, mapped = 0;                                 // calls

  Status begin() override { return store_.begin(); }
  Status commit() override {
    if (const auto error = std::exchange(at_commit, std::nullopt)) return fail(*error);
    return store_.commit();
  }
  void rollback() override { store_.rollback(); }
  Result<std::optional<BlobRow>> blob_by_read(const LookupHash& read) override {
    return store_.blob_by_read(read);
  }
  Result<BlobNumber> insert_blob(const BlobRow& row) override { return store_.insert_blob(row); }
  Status update_blob(const BlobRow& row) override { return store_.update_blob(row); }
  Status erase_blob(BlobNumber blob) override { return store_.erase_blob(blob); }
  Result<bool> has_frame(BlobNumber blob, std::uint32_t index) override {
    return store_.has_frame(blob, index);
  }
  Result<FrameMap> frame_map(const BlobRow& blob) override {
    ++mapped;
    return store_.frame_map(blob);
  }
  Result<Bytes> read_frame(BlobNumber blob, std::uint32_t index) override {
    if (const auto error = std::exchange(at_read_frame, std::nullopt)) return fail(*error);
    return store_.read_frame(blob, index);
  }
  Status store_frame(BlobNumber blob, std::uint32_t index, StoredFrame stored) override {
    if (const auto error = std::exchange(at_store_frame, std::nullopt)) return fail(*error);
    return store_.store_frame(blob, index, stored);
  }
  Result<std::vector<BlobRow>> list_blobs(BlobNumber after, std::size_t limit) override {
    return store_.list_blobs(after, limit);
  }
  Result<Sweep> expire(Day today, std::size_t blobs) override {
    return store_.expire(today, blobs);
  }
  BlobCounts counts() const override { return store_.counts(); }
  Result<Sweep> maintain(Instant now) override {
    ++maintained;
    return store_.maintain(now);
  }

 private:
  BlobStore& store_;
};

}  // namespace tocsin

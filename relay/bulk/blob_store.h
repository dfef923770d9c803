// relay/bulk/blob_store.h: the store port of the bulk plane: blobs and their frames.
//
// Spec:    protocol/spec/blob.md BLB-9, BLB-10
// Shape:   begin … loads and changes … commit, as in relay/store/store.h: loads see the open
//          batch's changes; after commit they are durable together, after rollback none happened
// Errors:  disk_full (nothing of the batch happened), slot_fault (of this one frame; the batch goes
//          on), database_fault, damaged, file_fault
// Threads: one: the bulk plane's
//
// Implementations: memory (--ephemeral, tests), SQLCipher with an arena (the default). One
// conformance suite over both: tests/unit/relay/bulk/blob_conformance_test.cc.
#pragma once

#include <optional>
#include <vector>

#include "protocol/blob/data_frame.h"
#include "protocol/blob/reply.h"
#include "protocol/blob/rows.h"

namespace tocsin {

struct BlobCounts {
  std::uint64_t blobs = 0;
  std::uint64_t frames = 0;    // stored
  std::uint64_t promised = 0;  // to all blobs, stored or not
  std::uint64_t slots = 0;     // there are
  std::uint64_t freed = 0;     // of them not overwritten yet, or not to be overwritten
  std::uint64_t free() const {
    const std::uint64_t taken = promised + freed;
    return slots > taken ? slots - taken : 0;
  }
  bool operator==(const BlobCounts&) const = default;
};

enum class Sweep : std::uint8_t { kMore, kDone };

class BlobStore {
 public:
  virtual ~BlobStore() = default;
  BlobStore(const BlobStore&) = delete;
  BlobStore& operator=(const BlobStore&) = delete;

  virtual Status begin() = 0;
  virtual Status commit() = 0;
  virtual void rollback() = 0;

  virtual Result<std::optional<BlobRow>> blob_by_read(const LookupHash& read) = 0;
  // The row's number is ignored; the new one is returned. Its frames are promised from now on: the
  // caller has seen that they are free.
  virtual Result<BlobNumber> insert_blob(const BlobRow& row) = 0;
  virtual Status update_blob(const BlobRow& row) = 0;
  // With all its frames.
  virtual Status erase_blob(BlobNumber blob) = 0;

  virtual Result<bool> has_frame(BlobNumber blob, std::uint32_t index) = 0;
  virtual Result<FrameMap> frame_map(const BlobRow& blob) = 0;
  // kStoredFrameBytes of one that is there.
  virtual Result<Bytes> read_frame(BlobNumber blob, std::uint32_t index) = 0;
  // One that is not there yet.
  virtual Status store_frame(BlobNumber blob, std::uint32_t index, StoredFrame stored) = 0;

  // For the operator's `stored`: rows after this one, in a fixed order, at most `limit`.
  virtual Result<std::vector<BlobRow>> list_blobs(BlobNumber after, std::size_t limit) = 0;

  // Erases at most `blobs` of those whose day is over; inside a batch.
  virtual Result<Sweep> expire(Day today, std::size_t blobs) = 0;
  // Committed and open changes together.
  virtual BlobCounts counts() const = 0;
  // Between batches: overwrites a few freed slots, empties the log.
  virtual Result<Sweep> maintain(Instant now) = 0;

 protected:
  BlobStore() = default;
};

}  // namespace tocsin

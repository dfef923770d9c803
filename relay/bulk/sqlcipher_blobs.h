// relay/bulk/sqlcipher_blobs.h: blobs in an encrypted index and an arena: the default.
//
// Spec:    protocol/spec/blob.md BLB-9, BLB-10; protocol/spec/vault.md VLT-7
// Shape:   which frame lies in which slot is in the database; what lies there is ciphertext already
// Secrets: the database key, held by the adapter
// Errors:  stale_store (one of the two files is an older copy), and those of arena.h and crypto/db
// Threads: one
// Cost:    a commit with frames is two syncs, one of the arena and one of the log; four bytes of
//          memory for each slot; at the start 16 MiB of the arena are read
#pragma once

#include <set>

#include "crypto/db/database.h"
#include "relay/bulk/arena.h"
#include "relay/bulk/blob_store.h"

namespace tocsin {

struct BlobPaths {
  Path index;  // its neighbours -wal and .lock come and go
  Path arena;
  Path run;  // the copy of the run's number, beside the arena
};

class SqlcipherBlobs final : public BlobStore {
 public:
  // Made when neither index nor arena is there. `slots` of an existing arena must be those it has.
  static Result<std::unique_ptr<SqlcipherBlobs>> open_or_create(const BlobPaths& paths,
                                                                const DatabaseKey& key,
                                                                std::uint32_t slots);

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
  BlobCounts counts() const override;
  Result<Sweep> maintain(Instant now) override;

 private:
  SqlcipherBlobs(Database database, Arena arena)
      : database_(std::move(database)), arena_(std::move(arena)) {}
  static Result<std::unique_ptr<SqlcipherBlobs>> settle(Database database, Arena arena,
                                                        const BlobPaths& paths,
                                                        std::uint32_t slots);
  Status count_rows(std::uint32_t slots);
  Status find_unfinished();
  Result<std::optional<Slot>> slot_of(BlobNumber blob, std::uint32_t index);
  Result<Slot> write_somewhere(StoredFrame stored);
  Slot take_lowest_free();
  void give(Slot slot);
  Result<std::vector<Slot>> named_freed(std::size_t limit);
  Result<std::vector<Slot>> overwrite(const std::vector<Slot>& slots);

  Database database_;
  Arena arena_;
  std::optional<Transaction> batch_;
  // Clean, and nobody's; a heap, the lowest first: what a run that was killed had written to are
  // the lowest of those that no row names.
  std::vector<Slot> free_;
  std::vector<Slot> taken_;        // by the open batch
  std::vector<Slot> dirty_;        // written by a batch that did not happen; no row names them
  std::set<Slot> bad_;             // the disk does not take them; not used again in this run
  std::uint64_t bad_unnamed_ = 0;  // of them those that no row names
  BlobCounts counts_, committed_;  // of the rows
};

}  // namespace tocsin

// relay/store/store.h: the store port: what a relay keeps, and one transaction per batch.
//
// Spec:    protocol/spec/mailbox.md MBX-1, MBX-2; protocol/spec/board.md BRD-3
// Shape:   begin … loads and changes … commit: loads see the open batch's changes; after commit
//          they are durable together, after rollback none of them happened
// Errors:  disk_full (nothing of the batch happened), database_fault, damaged; a row that is not
//          there is an empty optional or a count of zero, never an error
// Threads: one: the store's
//
// Implementations: memory (--ephemeral, tests), SQLCipher (the default). One conformance suite
// runs over both: tests/unit/relay/store/store_conformance_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "protocol/board/rows.h"
#include "protocol/mailbox/rows.h"
#include "relay/store/boot_epoch.h"

namespace tocsin {

// What lies in one mailbox.
struct CellCount {
  std::uint32_t stored = 0;
  Sequence newest;  // highest sequence among them; 0: none
  bool operator==(const CellCount&) const = default;
};

struct StoreCounts {
  std::uint64_t mailboxes = 0;
  std::uint64_t cells = 0;
  std::uint64_t boards = 0;
  bool operator==(const StoreCounts&) const = default;
};

// One step of retention. Sweeping goes on while there is more.
struct Expired {
  std::vector<MailboxNumber> lost_cells;  // some of their cells are gone
  std::vector<MailboxNumber> erased;      // they are gone themselves
  enum class Progress : std::uint8_t { kMore, kDone } progress = Progress::kDone;
};

class Store {
 public:
  virtual ~Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // Raises the boot epoch durably and returns it: once per run, before the first push.
  virtual Result<BootEpoch> begin_run() = 0;

  // Cells of the open batch that its commit would write.
  virtual std::size_t cells_to_write() const = 0;

  virtual Status begin() = 0;
  virtual Status commit() = 0;
  virtual void rollback() = 0;

  virtual Result<std::optional<MailboxRow>> mailbox_by_read(const LookupHash& read) = 0;
  // By its dropId or the one rotated away; whether that one still lives is not judged here.
  virtual Result<std::optional<MailboxRow>> mailbox_by_drop(const LookupHash& drop) = 0;
  // The row's number is ignored; the new one is returned.
  virtual Result<MailboxNumber> insert_mailbox(const MailboxRow& row) = 0;
  virtual Status update_mailbox(const MailboxRow& row) = 0;
  // With all its cells.
  virtual Status erase_mailbox(MailboxNumber mailbox) = 0;

  virtual Result<CellCount> count_cells(MailboxNumber mailbox) = 0;
  // Sequences rise within a mailbox.
  virtual Status append_cell(MailboxNumber mailbox, const CellRow& cell) = 0;
  // Cells after `after`, oldest first, at most `limit`.
  virtual Result<std::vector<CellRow>> read_cells(MailboxNumber mailbox, Sequence after,
                                                  std::size_t limit) = 0;
  // Up to and including; returns how many there were.
  virtual Result<std::uint32_t> erase_cells(MailboxNumber mailbox, Sequence through) = 0;

  virtual Result<std::optional<BoardRow>> board(const BoardId& board) = 0;
  virtual Status put_board(const BoardRow& row) = 0;  // inserts or replaces
  virtual Status erase_board(const BoardId& board) = 0;

  // For the operator's `stored`: rows after this one, in a fixed order, at most `limit`.
  virtual Result<std::vector<MailboxRow>> list_mailboxes(MailboxNumber after,
                                                         std::size_t limit) = 0;
  virtual Result<std::vector<BoardRow>> list_boards(const BoardId& after, std::size_t limit) = 0;

  // Erases what is expired on this day, looking at about `rows` rows from where the last step
  // ended; inside a batch.
  virtual Result<Expired> expire(Day today, std::size_t rows) = 0;

  // Committed and open changes together.
  virtual StoreCounts counts() const = 0;

  // Between batches: keeps deleted bytes from lingering (trap D1).
  virtual Status maintain(Instant now) = 0;

 protected:
  Store() = default;
};

}  // namespace tocsin

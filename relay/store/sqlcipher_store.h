// relay/store/sqlcipher_store.h: the store in one encrypted file: the default.
//
// Spec:    protocol/spec/store.md STO-1, STO-2; protocol/spec/vault.md VLT-7
// Shape:   tables in sqlcipher_schema.h; 8 KiB pages; cells in the order they came (a clustered key
//          is eight times slower on insert), found through an index on (mailbox, sequence)
// Secrets: the database key, held by the adapter
// Errors:  stale_store (older than the boot epoch beside its key), and those of crypto/db
// Threads: one
// Cost:    a commit is one sync; cells of the open batch wait in memory, so that one acknowledged
//          before its batch ends is never written
#pragma once

#include <map>
#include <optional>

#include "crypto/db/database.h"
#include "relay/store/store.h"

namespace tocsin {

struct StorePaths {
  Path database;    // its neighbours -wal and .lock come and go
  Path boot_epoch;  // the copy of the boot epoch, beside the store's key
};

class SqlcipherStore final : public Store {
 public:
  // Neither file may exist.
  static Result<std::unique_ptr<SqlcipherStore>> create(const StorePaths& paths,
                                                        const DatabaseKey& key);
  // Another file with everything the store holds, under another key; synced.
  static Status copy_to(const StorePaths& paths, const DatabaseKey& key,
                        const std::filesystem::path& copy, const DatabaseKey& copy_key);
  // The copy takes the store's place when it opens under this key; else it is removed, if it is
  // that the store does.
  static Status adopt(const StorePaths& paths, const std::filesystem::path& copy,
                      const DatabaseKey& key);
  static Result<std::unique_ptr<SqlcipherStore>> open(const StorePaths& paths,
                                                      const DatabaseKey& key);

  Result<BootEpoch> begin_run() override;
  std::size_t cells_to_write() const override { return waiting_cells_; }
  Status begin() override;
  Status commit() override;
  void rollback() override;

  Result<std::optional<MailboxRow>> mailbox_by_read(const LookupHash& read) override;
  Result<std::optional<MailboxRow>> mailbox_by_drop(const LookupHash& drop) override;
  Result<MailboxNumber> insert_mailbox(const MailboxRow& row) override;
  Status update_mailbox(const MailboxRow& row) override;
  Status erase_mailbox(MailboxNumber mailbox) override;

  Result<CellCount> count_cells(MailboxNumber mailbox) override;
  Status append_cell(MailboxNumber mailbox, const CellRow& cell) override;
  Result<std::vector<CellRow>> read_cells(MailboxNumber mailbox, Sequence after,
                                          std::size_t limit) override;
  Result<std::uint32_t> erase_cells(MailboxNumber mailbox, Sequence through) override;

  Result<std::optional<BoardRow>> board(const BoardId& board) override;
  Status put_board(const BoardRow& row) override;
  Status erase_board(const BoardId& board) override;

  Result<std::vector<MailboxRow>> list_mailboxes(MailboxNumber after, std::size_t limit) override;
  Result<std::vector<BoardRow>> list_boards(const BoardId& after, std::size_t limit) override;

  Result<Expired> expire(Day today, std::size_t rows) override;
  StoreCounts counts() const override { return counts_; }
  Status maintain(Instant now) override;

  // Everything the database says about its own health.
  Status check() { return database_.check_integrity(); }
  // Truncates the log and closes; the destructor does the same without telling.
  Status close() &&;

 private:
  SqlcipherStore(Database database, StorePaths paths)
      : database_(std::move(database)), paths_(std::move(paths)) {}
  static Result<std::unique_ptr<SqlcipherStore>> settle(Database database, StorePaths paths);
  Result<BootEpoch> stored_epoch();
  Status count_rows();
  Status write_waiting();
  void forget_waiting();
  Result<std::uint32_t> erase_written(MailboxNumber mailbox, Sequence through);
  // Each step of expire looks at `rows` rows at most and says whether its table is through.
  Result<Expired::Progress> expire_cells(Day today, std::size_t rows, Expired& expired);
  Result<Expired::Progress> expire_mailboxes(Day today, std::size_t rows, Expired& expired);
  Result<Expired::Progress> expire_boards(Day today, std::size_t rows);

  Database database_;
  StorePaths paths_;
  std::optional<Transaction> batch_;
  std::map<MailboxNumber, std::vector<CellRow>> waiting_;  // cells of the open batch
  std::size_t waiting_cells_ = 0;                          // in all
  StoreCounts counts_, committed_;
  enum class Table : std::uint8_t { kCells, kMailboxes, kBoards } sweeping_ = Table::kCells;
  std::int64_t swept_ = 0;  // key of the last row looked at in that table
};

}  // namespace tocsin

// relay/store/memory_store.h: the store that dies with the process (--ephemeral, tests).
//
// Spec:    relay/store/store.h
// Shape:   ordered maps and an undo list for the open batch
// Errors:  none of its own
// Threads: one
#pragma once

#include <functional>
#include <map>
#include <unordered_map>

#include "relay/store/store.h"

namespace tocsin {

class MemoryStore final : public Store {
 public:
  MemoryStore() = default;

  Result<BootEpoch> begin_run() override;
  // A commit writes nothing here: batches end by time alone.
  std::size_t cells_to_write() const override { return 0; }
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
  StoreCounts counts() const override;
  Status maintain(Instant now) override;

 private:
  using Cells = std::map<Sequence, CellRow>;
  struct Mailbox {
    MailboxRow row;
    Cells cells;
  };

  void index(const MailboxRow& row);
  void unindex(const MailboxRow& row);
  std::optional<MailboxRow> row_of(const std::unordered_map<LookupHash, MailboxNumber, FixedHash>&,
                                   const LookupHash& key) const;
  Mailbox* find(MailboxNumber mailbox);
  void put_back(MailboxNumber number, CellRow cell);
  std::uint32_t erase_range(Mailbox& mailbox, Cells::iterator end);
  void undo_with(std::function<void()> step) { undo_.push_back(std::move(step)); }

  std::map<MailboxNumber, Mailbox> mailboxes_;
  std::unordered_map<LookupHash, MailboxNumber, FixedHash> by_read_, by_drop_;
  std::map<BoardId, BoardRow> boards_;
  std::uint64_t cells_ = 0;
  MailboxNumber last_number_{0};
  BootEpoch epoch_{0};
  MailboxNumber sweep_{0};  // expire goes on after this one
  std::vector<std::function<void()>> undo_;
};

}  // namespace tocsin

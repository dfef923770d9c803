#include "relay/store/memory_store.h"

#include <algorithm>
#include <utility>

namespace tocsin {

Result<BootEpoch> MemoryStore::begin_run() {
  ++epoch_.value;
  return epoch_;
}

Status MemoryStore::begin() {
  undo_.clear();
  return {};
}

Status MemoryStore::commit() {
  undo_.clear();
  return {};
}

void MemoryStore::rollback() {
  // Each step undoes the change before it; undoing must not be recorded.
  const std::vector<std::function<void()>> steps = std::exchange(undo_, {});
  std::for_each(steps.rbegin(), steps.rend(), [](const auto& step) { step(); });
  undo_.clear();
}

void MemoryStore::index(const MailboxRow& row) {
  by_read_[row.read] = row.number;
  by_drop_[row.drop] = row.number;
  if (row.old_drop.has_value()) by_drop_[row.old_drop->drop] = row.number;
}

void MemoryStore::unindex(const MailboxRow& row) {
  by_read_.erase(row.read);
  by_drop_.erase(row.drop);
  if (row.old_drop.has_value()) by_drop_.erase(row.old_drop->drop);
}

MemoryStore::Mailbox* MemoryStore::find(MailboxNumber mailbox) {
  const auto found = mailboxes_.find(mailbox);
  return found == mailboxes_.end() ? nullptr : &found->second;
}

std::optional<MailboxRow> MemoryStore::row_of(
    const std::unordered_map<LookupHash, MailboxNumber, FixedHash>& numbers,
    const LookupHash& key) const {
  const auto found = numbers.find(key);
  if (found == numbers.end()) return std::nullopt;
  return mailboxes_.at(found->second).row;
}

Result<std::optional<MailboxRow>> MemoryStore::mailbox_by_read(const LookupHash& read) {
  return row_of(by_read_, read);
}

Result<std::optional<MailboxRow>> MemoryStore::mailbox_by_drop(const LookupHash& drop) {
  return row_of(by_drop_, drop);
}

Result<MailboxNumber> MemoryStore::insert_mailbox(const MailboxRow& row) {
  MailboxRow fresh = row;
  fresh.number = last_number_ = MailboxNumber{last_number_.value + 1};
  index(fresh);
  const MailboxNumber number = fresh.number;
  mailboxes_.emplace(number, Mailbox{fresh, {}});
  undo_with([this, number] {
    unindex(mailboxes_.at(number).row);
    mailboxes_.erase(number);
  });
  return number;
}

Status MemoryStore::update_mailbox(const MailboxRow& row) {
  Mailbox* mailbox = find(row.number);
  if (mailbox == nullptr) return {};
  unindex(mailbox->row);
  undo_with([this, before = mailbox->row] {
    Mailbox& changed = mailboxes_.at(before.number);
    unindex(changed.row);
    changed.row = before;
    index(before);
  });
  mailbox->row = row;
  index(row);
  return {};
}

Status MemoryStore::erase_mailbox(MailboxNumber number) {
  const auto found = mailboxes_.find(number);
  if (found == mailboxes_.end()) return {};
  unindex(found->second.row);
  cells_ -= found->second.cells.size();
  undo_with([this, before = std::move(found->second)] {
    index(before.row);
    cells_ += before.cells.size();
    mailboxes_.emplace(before.row.number, before);
  });
  mailboxes_.erase(found);
  return {};
}

Result<CellCount> MemoryStore::count_cells(MailboxNumber number) {
  const Mailbox* mailbox = find(number);
  if (mailbox == nullptr || mailbox->cells.empty()) return CellCount{};
  return CellCount{static_cast<std::uint32_t>(mailbox->cells.size()),
                   mailbox->cells.rbegin()->first};
}

Status MemoryStore::append_cell(MailboxNumber number, const CellRow& cell) {
  Mailbox* mailbox = find(number);
  if (mailbox == nullptr || !mailbox->cells.emplace(cell.sequence, cell).second)
    return fail(kConstraint, "append cell");
  ++cells_;
  undo_with([this, number, sequence = cell.sequence] {
    mailboxes_.at(number).cells.erase(sequence);
    --cells_;
  });
  return {};
}

Result<std::vector<CellRow>> MemoryStore::read_cells(MailboxNumber number, Sequence after,
                                                     std::size_t limit) {
  std::vector<CellRow> cells;
  const Mailbox* mailbox = find(number);
  if (mailbox == nullptr) return cells;
  for (auto cell = mailbox->cells.upper_bound(after);
       cell != mailbox->cells.end() && cells.size() < limit; ++cell)
    cells.push_back(cell->second);
  return cells;
}

void MemoryStore::put_back(MailboxNumber number, CellRow cell) {
  mailboxes_.at(number).cells.emplace(cell.sequence, std::move(cell));
  ++cells_;
}

std::uint32_t MemoryStore::erase_range(Mailbox& mailbox, Cells::iterator end) {
  std::uint32_t erased = 0;
  for (auto cell = mailbox.cells.begin(); cell != end; cell = mailbox.cells.erase(cell)) {
    undo_with([this, number = mailbox.row.number, before = std::move(cell->second)] {
      put_back(number, before);
    });
    ++erased;
    --cells_;
  }
  return erased;
}

Result<std::uint32_t> MemoryStore::erase_cells(MailboxNumber number, Sequence through) {
  Mailbox* mailbox = find(number);
  if (mailbox == nullptr) return 0U;
  return erase_range(*mailbox, mailbox->cells.upper_bound(through));
}

Result<std::optional<BoardRow>> MemoryStore::board(const BoardId& board) {
  const auto found = boards_.find(board);
  if (found == boards_.end()) return std::nullopt;
  return found->second;
}

Status MemoryStore::put_board(const BoardRow& row) {
  const auto found = boards_.find(row.board);
  if (found == boards_.end()) {
    undo_with([this, id = row.board] { boards_.erase(id); });
  } else {
    undo_with([this, before = found->second] { boards_.insert_or_assign(before.board, before); });
  }
  boards_.insert_or_assign(row.board, row);
  return {};
}

Status MemoryStore::erase_board(const BoardId& board) {
  const auto found = boards_.find(board);
  if (found == boards_.end()) return {};
  undo_with([this, before = found->second] { boards_.insert_or_assign(before.board, before); });
  boards_.erase(found);
  return {};
}

Result<std::vector<MailboxRow>> MemoryStore::list_mailboxes(MailboxNumber after,
                                                            std::size_t limit) {
  std::vector<MailboxRow> rows;
  for (auto next = mailboxes_.upper_bound(after); next != mailboxes_.end() && rows.size() < limit;
       ++next)
    rows.push_back(next->second.row);
  return rows;
}

Result<std::vector<BoardRow>> MemoryStore::list_boards(const BoardId& after, std::size_t limit) {
  std::vector<BoardRow> rows;
  for (auto next = boards_.upper_bound(after); next != boards_.end() && rows.size() < limit; ++next)
    rows.push_back(next->second);
  return rows;
}

Result<Expired> MemoryStore::expire(Day today, std::size_t rows) {
  Expired expired;
  std::size_t looked_at = 0;
  auto next = mailboxes_.upper_bound(sweep_);
  while (next != mailboxes_.end() && looked_at < rows) {
    Mailbox& mailbox = next->second;
    sweep_ = next->first;
    ++next;
    ++looked_at;
    if (is_expired(mailbox.row, today)) {
      expired.erased.push_back(sweep_);
      TRY(erase_mailbox(sweep_));
      continue;
    }
    // A mailbox's cells come in the order of their days.
    const auto living =
        std::find_if(mailbox.cells.begin(), mailbox.cells.end(),
                     [&](const auto& cell) { return !is_expired(cell.second, today); });
    const std::uint32_t erased = erase_range(mailbox, living);
    looked_at += erased;
    if (erased > 0) expired.lost_cells.push_back(sweep_);
  }
  if (next != mailboxes_.end()) {
    expired.progress = Expired::Progress::kMore;
    return expired;
  }
  sweep_ = {};
  std::vector<BoardId> old_boards;
  for (const auto& [id, row] : boards_)
    if (is_deletable(row, today)) old_boards.push_back(id);
  for (const BoardId& id : old_boards) TRY(erase_board(id));
  return expired;
}

StoreCounts MemoryStore::counts() const { return {mailboxes_.size(), cells_, boards_.size()}; }

Status MemoryStore::maintain(Instant) { return {}; }

}  // namespace tocsin

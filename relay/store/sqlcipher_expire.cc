// Retention of the SQLCipher store: three tables, swept in steps, each from where it left off.
#include <algorithm>
#include <utility>

#include "relay/store/sqlcipher_store.h"

namespace tocsin {
namespace {

Day day_of(const Statement& row, int column) {
  return {static_cast<std::uint32_t>(row.integer(column))};
}

Expired::Progress progress_of(std::size_t looked_at, std::size_t rows) {
  return looked_at < rows ? Expired::Progress::kDone : Expired::Progress::kMore;
}

}  // namespace

Result<Expired> SqlcipherStore::expire(Day today, std::size_t rows) {
  TRY(write_waiting());
  Expired expired;
  Expired::Progress table = Expired::Progress::kDone;
  switch (sweeping_) {
    case Table::kCells:
      table = TRY(expire_cells(today, rows, expired));
      break;
    case Table::kMailboxes:
      table = TRY(expire_mailboxes(today, rows, expired));
      break;
    case Table::kBoards:
      table = TRY(expire_boards(today, rows));
      break;
  }
  expired.progress = Expired::Progress::kMore;
  if (table == Expired::Progress::kMore) return expired;
  swept_ = 0;
  if (sweeping_ == Table::kBoards) expired.progress = Expired::Progress::kDone;
  sweeping_ = sweeping_ == Table::kCells       ? Table::kMailboxes
              : sweeping_ == Table::kMailboxes ? Table::kBoards
                                               : Table::kCells;
  return expired;
}

// Cells lie in the order their batches came, so in the order of their days but for a batch at
// midnight: the sweep ends with the first step that meets the living alone. Those a wrong clock
// dated beyond any honest retention do not count as living here.
Result<Expired::Progress> SqlcipherStore::expire_cells(Day today, std::size_t rows,
                                                       Expired& expired) {
  std::vector<std::int64_t> places;
  std::size_t looked_at = 0;
  bool living = false;
  {
    Statement query = TRY(database_.statement(
        "SELECT place, mailbox, last_day FROM cell WHERE place > ?1 ORDER BY place LIMIT ?2"));
    query.bind(swept_, rows);
    while (TRY(query.next())) {
      ++looked_at;
      swept_ = query.integer(0);
      const CellRow cell{.sequence = {}, .envelope = {}, .last_day = day_of(query, 2)};
      if (is_expired(cell, today)) {
        places.push_back(query.integer(0));
        expired.lost_cells.push_back({static_cast<std::uint64_t>(query.integer(1))});
      } else {
        living = living || cell.last_day <= days_after(today, kRetentionDays);
      }
    }
  }
  Statement erase = TRY(database_.statement("DELETE FROM cell WHERE place = ?1"));
  for (const std::int64_t place : places) TRY(erase.bind(place).run());
  counts_.cells -= places.size();
  std::sort(expired.lost_cells.begin(), expired.lost_cells.end());
  const auto repeated = std::unique(expired.lost_cells.begin(), expired.lost_cells.end());
  expired.lost_cells.erase(repeated, expired.lost_cells.end());
  if (living && places.empty()) return Expired::Progress::kDone;
  return progress_of(looked_at, rows);
}

Result<Expired::Progress> SqlcipherStore::expire_mailboxes(Day today, std::size_t rows,
                                                           Expired& expired) {
  std::size_t looked_at = 0;
  {
    Statement query = TRY(database_.statement(
        "SELECT number, last_month FROM mailbox WHERE number > ?1 ORDER BY number LIMIT ?2"));
    query.bind(swept_, rows);
    while (TRY(query.next())) {
      ++looked_at;
      swept_ = query.integer(0);
      MailboxRow row;
      row.last_month = {static_cast<std::uint32_t>(query.integer(1))};
      if (is_expired(row, today))
        expired.erased.push_back({static_cast<std::uint64_t>(query.integer(0))});
    }
  }
  for (const MailboxNumber mailbox : expired.erased) TRY(erase_mailbox(mailbox));
  return progress_of(looked_at, rows);
}

Result<Expired::Progress> SqlcipherStore::expire_boards(Day today, std::size_t rows) {
  std::vector<BoardId> old_boards;
  std::size_t looked_at = 0;
  {
    Statement query =
        TRY(database_.statement("SELECT place, board, expiry, written FROM board WHERE place > ?1 "
                                "ORDER BY place LIMIT ?2"));
    query.bind(swept_, rows);
    while (TRY(query.next())) {
      ++looked_at;
      swept_ = query.integer(0);
      const BoardRow row{.board = TRY(query.fixed<BoardId>(1)),
                         .version = 0,
                         .expiry = day_of(query, 2),
                         .written = day_of(query, 3),
                         .record = {}};
      if (is_deletable(row, today)) old_boards.push_back(row.board);
    }
  }
  for (const BoardId& board : old_boards) TRY(erase_board(board));
  return progress_of(looked_at, rows);
}

}  // namespace tocsin

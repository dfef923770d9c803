#include "relay/ops/stored.h"

#include <array>
#include <chrono>
#include <nlohmann/json.hpp>

namespace tocsin::ops {

namespace {

using nlohmann::ordered_json;

constexpr std::size_t kCellsAtOnce = 64;
constexpr std::size_t kBoardsAtOnce = 64;

std::string two_digits(std::uint32_t value) {
  return (value < 10 ? "0" : "") + std::to_string(value);
}

// Civil date of a day since 1970-01-01.
std::string date_of(Day day) {
  const std::chrono::year_month_day date{
      std::chrono::sys_days{std::chrono::days{static_cast<int>(day.value)}}};
  return std::to_string(static_cast<int>(date.year())) + "-" +
         two_digits(static_cast<unsigned>(date.month())) + "-" +
         two_digits(static_cast<unsigned>(date.day()));
}

std::string month_text(Month month) {
  return std::to_string(1970 + month.value / 12) + "-" + two_digits(1 + month.value % 12);
}

std::string_view class_name(MailboxClass mailbox_class) {
  constexpr std::array<std::string_view, 3> kNames{"contact", "invitation", "public"};
  return kNames[static_cast<std::size_t>(mailbox_class)];
}

void add_bytes(ordered_json& json, BytesView bytes, Ciphertext ciphertext) {
  json["bytes"] = bytes.size();
  if (ciphertext == Ciphertext::kIncluded) json["ciphertext"] = to_base64url(bytes);
}

std::string line_of(const MailboxRow& row) {
  ordered_json json{{"number", row.number.value},
                    {"read_id_hash", to_hex(row.read.view())},
                    {"drop_id_hash", to_hex(row.drop.view())},
                    {"owner", to_hex(row.owner.view())},
                    {"class", class_name(row.mailbox_class)},
                    {"quota", row.quota},
                    {"kept_to_end_of", month_text(row.last_month)}};
  if (row.old_drop)
    json["old_drop"] = {{"id_hash", to_hex(row.old_drop->drop.view())},
                        {"dies", date_of(row.old_drop->dies)}};
  return ordered_json{{"mailbox", json}}.dump() + "\n";
}

std::string line_of(const CellRow& row, MailboxNumber mailbox, Ciphertext ciphertext) {
  ordered_json json{{"mailbox", mailbox.value},
                    {"run", row.sequence.value >> 32},
                    {"counter", row.sequence.value & 0xFFFFFFFF},
                    {"kept_to", date_of(row.last_day)}};
  add_bytes(json, row.envelope, ciphertext);
  return ordered_json{{"cell", json}}.dump() + "\n";
}

std::string line_of(const BoardRow& row, Ciphertext ciphertext) {
  ordered_json json{{"id", to_hex(row.board.view())},
                    {"version", row.version},
                    {"readable_to", date_of(row.expiry)},
                    {"written", date_of(row.written)}};
  add_bytes(json, row.record, ciphertext);
  return ordered_json{{"board", json}}.dump() + "\n";
}

}  // namespace

std::string blob_line(const BlobRow& row, std::uint32_t stored) {
  const ordered_json json{{"number", row.number.value},
                          {"read_id_hash", to_hex(row.read.view())},
                          {"owner", to_hex(row.owner.view())},
                          {"frames", row.frames},
                          {"stored", stored},
                          {"sealed", row.standing == BlobStanding::kSealed},
                          {"kept_to", date_of(row.last_day)}};
  return ordered_json{{"blob", json}}.dump() + "\n";
}

Result<std::size_t> StoredListing::list_cells(Store& store, std::string& lines) {
  const std::vector<CellRow> cells = TRY(store.read_cells(mailbox_, cell_, kCellsAtOnce));
  for (const CellRow& cell : cells) {
    lines += line_of(cell, mailbox_, ciphertext_);
    cell_ = cell.sequence;
  }
  in_cells_ = cells.size() == kCellsAtOnce;
  return cells.size();
}

Result<bool> StoredListing::next(Store& store, std::size_t rows, std::string& lines) {
  std::size_t listed = 0;
  while (listed < rows) {
    if (in_cells_) {
      listed += TRY(list_cells(store, lines)) + 1;
    } else if (!in_boards_) {
      const std::vector<MailboxRow> one = TRY(store.list_mailboxes(mailbox_, 1));
      if (one.empty()) {
        in_boards_ = true;
        continue;
      }
      lines += line_of(one.front());
      mailbox_ = one.front().number;
      cell_ = {};
      in_cells_ = true;
      ++listed;
    } else {
      const std::vector<BoardRow> boards = TRY(store.list_boards(board_, kBoardsAtOnce));
      if (boards.empty()) return false;
      for (const BoardRow& board : boards) lines += line_of(board, ciphertext_);
      board_ = boards.back().board;
      listed += boards.size();
    }
  }
  return true;
}

}  // namespace tocsin::ops

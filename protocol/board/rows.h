// protocol/board/rows.h: what a store keeps about boards.
//
// Spec:    protocol/spec/board.md BRD-3
// Shape:   BoardRow durable; BoardWatch memory only
// Threads: values only
#pragma once

#include "crypto/base/time.h"
#include "protocol/board/record.h"
#include "protocol/wire/message.h"

namespace tocsin {

using ConnectionId = Strong<struct ConnectionIdTag, std::uint64_t>;

struct BoardRow {
  BoardId board = {};
  std::uint64_t version = 0;
  Day expiry = {};    // readable up to and including this day
  Day written = {};   // deleted kUnwrittenBoardDays after it
  Bytes record = {};  // exactly the bytes the writer sent
  bool operator==(const BoardRow&) const = default;
};

struct BoardWatch {
  ConnectionId connection;
  RequestId request;  // of the watchBoard
  bool operator==(const BoardWatch&) const = default;
};

bool is_deletable(const BoardRow& board, Day today);

}  // namespace tocsin

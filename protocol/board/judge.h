// protocol/board/judge.h: whether a reader may use the record a relay just served.
//
// Spec:    protocol/spec/board.md BRD-4
// Shape:   in   record bytes, the board asked for, what was seen before, today
//          out  the record and what to remember, or why it must not be used
// Errors:  malformed, bad_signature, wrong_board, stale, equivocation (keep both records: proof
//          against the writer), expired
// Threads: values only
#pragma once

#include <optional>

#include "protocol/board/record.h"

namespace tocsin {

// What a reader remembers of a board, for as long as it reads it.
struct SeenBoard {
  std::uint64_t version = 0;
  PayloadHash hash;
  Day expiry;
  bool operator==(const SeenBoard&) const = default;
};

struct BoardQuestion {
  BoardId board;
  std::uint64_t least_version = 1;               // a link's floor
  std::optional<SeenBoard> seen = std::nullopt;  // from earlier reads
  Day today;
  std::uint32_t max_days = kMaxBoardDays;  // longest honest life of this kind of board
};

struct JudgedBoard {
  BoardRecord record;
  SeenBoard remember;
};
Result<JudgedBoard> judge_board(BytesView record, const BoardQuestion& question);

}  // namespace tocsin

#include "protocol/board/judge.h"

#include "protocol/codes.h"

namespace tocsin {

// BRD-4: the signature first, then identity, then age, then freshness: a reader never remembers
// anything of a record it may not use, except that its writer said two things.
Result<JudgedBoard> judge_board(BytesView bytes, const BoardQuestion& question) {
  BoardRecord record = TRY(open_board(bytes));
  const BoardContent& content = record.content;
  const auto version = static_cast<std::int64_t>(content.version);
  if (board_id_of(record.writer) != question.board) return fail(kWrongBoard, "board");
  const PayloadHash hash = payload_hash_of(content.payload);
  const SeenBoard found{content.version, hash, content.expiry};
  if (question.seen.has_value()) {
    if (content.version < question.seen->version) return fail(kStale, "board", version);
    if (content.version == question.seen->version && found != *question.seen)
      return fail(kEquivocation, "board", version);
  }
  if (content.version < question.least_version) return fail(kStale, "board below floor", version);
  if (question.today > content.expiry) return fail(kExpiredBoard, "board", content.expiry.value);
  if (content.expiry > days_after(question.today, question.max_days))
    return fail(kLongLived, "board", content.expiry.value);
  return JudgedBoard{std::move(record), found};
}

}  // namespace tocsin

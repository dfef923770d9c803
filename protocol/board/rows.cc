#include "protocol/board/rows.h"

namespace tocsin {

bool is_deletable(const BoardRow& board, Day today) {
  return today > days_after(board.written, kUnwrittenBoardDays);
}

}  // namespace tocsin

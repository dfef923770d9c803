#include "protocol/mailbox/commands.h"

namespace tocsin {

// BRD-3.4
Effects decide_get_board(const Situation& situation) {
  if (situation.board == nullptr) return answered(situation, Answer::kRefused);
  if (situation.ground.today > situation.board->expiry)
    return answered(situation, Answer::kExpired);
  return answered(situation, Answer::kOk, situation.board->record);
}

}  // namespace tocsin

#include "protocol/mailbox/commands.h"

namespace tocsin {

// BRD-3.5: a board may be watched before it is there.
Effects decide_watch_board(const WatchBoard& watch, const Situation& situation) {
  if (situation.caller.watches >= kMaxWatches) return answered(situation, Answer::kRefused);
  const BoardRow* const board = situation.board;
  const bool readable = board != nullptr && situation.ground.today <= board->expiry;
  Effects effects;
  effects.push_back(AddWatch{watch.board_id, {situation.caller.connection, situation.request.id}});
  effects.push_back(reply(situation, Answer::kOk, readable ? board->record : Bytes()));
  return effects;
}

}  // namespace tocsin

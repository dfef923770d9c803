#include "protocol/mailbox/commands.h"

namespace tocsin {

// BRD-3.3: bound to this request on this connection, so that nobody can say it again later.
Effects decide_delete_board(const DeleteBoard& erase, const Situation& situation) {
  const SessionFacts& facts = situation.caller.keys.facts();
  const Status signed_by_writer = verify_unpublish(
      erase.writer, {facts.relay, facts.nonce, situation.request.id.value}, erase.signature);
  if (!signed_by_writer.has_value() || situation.board == nullptr)
    return answered(situation, Answer::kRefused);
  Effects effects;
  effects.push_back(EraseBoard{situation.board->board});
  effects.push_back(reply(situation, Answer::kOk));
  return effects;
}

}  // namespace tocsin

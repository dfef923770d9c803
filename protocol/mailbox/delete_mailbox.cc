#include "protocol/mailbox/commands.h"

namespace tocsin {

// MBX-12
Effects decide_delete_mailbox(const Situation& situation) {
  if (!is_owner(situation)) return answered(situation, Answer::kRefused);
  Effects effects;
  effects.push_back(EraseMailbox{situation.mailbox->number});
  if (auto goodbye = farewell(situation.live.subscription)) effects.push_back(std::move(*goodbye));
  effects.push_back(reply(situation, Answer::kOk));
  return effects;
}

}  // namespace tocsin

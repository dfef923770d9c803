#include <algorithm>

#include "protocol/mailbox/commands.h"

namespace tocsin {

// MBX-10: only what this subscription was pushed can be acknowledged.
Effects decide_ack(const Ack& ack, const Situation& situation) {
  if (!is_owner(situation)) return answered(situation, Answer::kRefused);
  const auto& subscription = situation.live.subscription;
  if (!subscription.has_value() || subscription->connection != situation.caller.connection ||
      ack.through > subscription->pushed_through) {
    return answered(situation, Answer::kRefused);
  }

  const MailboxRow& mailbox = *situation.mailbox;
  Effects effects;
  effects.push_back(EraseThrough{mailbox.number, ack.through});
  const auto& old_drop = mailbox.old_drop;
  if (old_drop.has_value() && old_drop->first_on_new != Sequence{} &&
      ack.through >= old_drop->first_on_new) {
    MailboxRow row = mailbox;
    row.old_drop.reset();
    effects.push_back(UpdateMailbox{row});
  }
  LiveSubscription after = *subscription;
  after.credit = std::min(after.credit + ack.credit, kMaxCredit);
  effects.push_back(SetSubscription{mailbox.number, after});
  effects.push_back(reply(situation, Answer::kOk));
  if (after.credit > 0 && situation.live.newest > after.pushed_through)
    effects.push_back(PushBacklog{mailbox.number});
  return effects;
}

}  // namespace tocsin

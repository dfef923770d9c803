#include "protocol/mailbox/commands.h"

namespace tocsin {

// MBX-9: the newest subscribe wins; nothing is pushed twice on one subscription.
Effects decide_subscribe(const Subscribe& subscribe, const Situation& situation) {
  if (!is_owner(situation)) return answered(situation, Answer::kRefused);
  // Only to the owner: to anybody else a known mailbox answers like an unknown one.
  if (situation.rate == SubscribeRate::kBeyond) return answered(situation, Answer::kBusy);
  const auto& before = situation.live.subscription;
  const ConnectionId caller = situation.caller.connection;
  const bool replaces_own = before.has_value() && before->connection == caller;
  if (situation.caller.subscriptions >= kMaxSubscriptions && !replaces_own)
    return answered(situation, Answer::kRefused);

  const MailboxRow& mailbox = *situation.mailbox;
  Effects effects;
  const Month last_month{month_of(situation.ground.today).value + kMailboxMonths};
  if (mailbox.last_month != last_month) {
    MailboxRow row = mailbox;
    row.last_month = last_month;
    effects.push_back(UpdateMailbox{row});
  }
  effects.push_back(SetSubscription{
      mailbox.number,
      LiveSubscription{
          .connection = caller, .request = situation.request.id, .credit = subscribe.credit}});
  if (auto goodbye = farewell(before)) effects.push_back(std::move(*goodbye));
  effects.push_back(reply(situation, Answer::kOk));
  if (situation.live.stored > 0) effects.push_back(PushBacklog{mailbox.number});
  return effects;
}

}  // namespace tocsin

#include "protocol/mailbox/commands.h"

namespace tocsin {
namespace {

// Everything stored has been pushed, so that this cell is the next in order.
bool is_caught_up(const LiveMailbox& live) {
  return live.stored == 0 || live.subscription->pushed_through >= live.newest;
}

}  // namespace

// MBX-13: what was accepted is never given up for what comes later: a full mailbox stays as it is.
Effects decide_deposit(const Deposit& deposit, const Situation& situation) {
  if (situation.mailbox == nullptr) return answered(situation, Answer::kRefused);
  const MailboxRow& mailbox = *situation.mailbox;
  const LiveMailbox& live = situation.live;
  const Ground& ground = situation.ground;
  const LookupHash drop = lookup_of(ground.lookup_key, deposit.drop_id);
  const bool on_old = mailbox.old_drop.has_value() && mailbox.old_drop->drop == drop;
  if (mailbox.drop != drop && !on_old) return answered(situation, Answer::kRefused);
  if (mailbox.mailbox_class == MailboxClass::kPublic) {
    if (const auto lacking = lacks_access(situation.access)) return answered(situation, *lacking);
  }
  if (live.stored >= mailbox.quota) return answered(situation, Answer::kFull);
  if (ground.room == Room::kFull || live.next == Sequence{})
    return answered(situation, Answer::kBusy);

  Effects effects;
  effects.push_back(AppendCell{
      mailbox.number, {live.next, deposit.envelope, days_after(ground.today, kRetentionDays)}});
  if (!on_old && mailbox.old_drop.has_value() && mailbox.old_drop->first_on_new == Sequence{}) {
    MailboxRow row = mailbox;
    row.old_drop->first_on_new = live.next;
    effects.push_back(UpdateMailbox{row});
  }
  if (live.subscription.has_value() && live.subscription->credit > 0 && is_caught_up(live)) {
    LiveSubscription after = *live.subscription;
    --after.credit;
    after.pushed_through = live.next;
    effects.push_back(SetSubscription{mailbox.number, after});
    effects.push_back(SendPush{after.connection, {after.request, live.next, deposit.envelope}});
  }
  effects.push_back(reply(situation, Answer::kOk));
  return effects;
}

}  // namespace tocsin

#include "protocol/mailbox/commands.h"
#include "protocol/wire/reply.h"

namespace tocsin {

// MBX-11: one old dropId at most; a second rotation ends the first one's.
Effects decide_rotate_drop(const RotateDrop& rotate, const Situation& situation) {
  if (!is_owner(situation)) return answered(situation, Answer::kRefused);
  const Ground& ground = situation.ground;
  const DropId drop_id = ground.rng.draw<DropId>();
  MailboxRow row = *situation.mailbox;
  if (rotate.old_drop == OldDropId::kDiesNow) {
    row.old_drop.reset();
  } else {
    row.old_drop = OldDrop{row.drop, days_after(ground.today, kOldDropDays), {}};
  }
  row.drop = lookup_of(ground.lookup_key, drop_id);
  Effects effects;
  effects.push_back(UpdateMailbox{row});
  effects.push_back(reply(situation, Answer::kOk, encode_rotated(drop_id)));
  return effects;
}

}  // namespace tocsin

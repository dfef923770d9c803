#include "crypto/box/agree.h"
#include "protocol/mailbox/commands.h"
#include "protocol/wire/reply.h"

namespace tocsin {

// MBX-8.1: access before the tag: it costs the stranger most and us least.
Effects decide_create_mailbox(const CreateMailbox& create, const Situation& situation) {
  const Ground& ground = situation.ground;
  if (ground.life == RelayLife::kClosing) return answered(situation, Answer::kRefused);
  if (ground.room != Room::kPlenty) return answered(situation, Answer::kBusy);
  if (const auto lacking = lacks_access(situation.access)) return answered(situation, *lacking);
  if (!situation.caller.keys.authorises(&create.owner, situation.request) ||
      !check_x25519_public(create.owner.view()).has_value()) {
    return answered(situation, Answer::kRefused);
  }

  const CreatedMailbox created{ground.rng.draw<ReadId>(), ground.rng.draw<DropId>()};
  Effects effects;
  effects.push_back(InsertMailbox{{.number = {},
                                   .read = lookup_of(ground.lookup_key, created.read_id),
                                   .drop = lookup_of(ground.lookup_key, created.drop_id),
                                   .owner = create.owner,
                                   .mailbox_class = create.mailbox_class,
                                   .quota = create.quota,
                                   .last_month = {month_of(ground.today).value + kMailboxMonths}}});
  effects.push_back(reply(situation, Answer::kOk, encode_created(created)));
  return effects;
}

}  // namespace tocsin

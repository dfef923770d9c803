#include "protocol/delivery/inbox.h"

namespace tocsin {

Arrival receive_message(const IncomingMessage& message, SeenBefore seen, InboxContact& contact,
                        Instant now) {
  if (!expects_receipt(message.kind))
    return {Arrival::Show::kConsumed, contact.streams.place(message.prefix, now)};
  // A duplicate is answered again: the sender sends one only because no receipt reached it.
  if (contact.policy == ReceiptPolicy::kSend)
    contact.receipts.add({message.id, ReceiptState::kDelivered});
  const OrderKey order = contact.streams.place(message.prefix, now);
  return {seen == SeenBefore::kYes ? Arrival::Show::kDuplicate : Arrival::Show::kNew, order};
}

Day seen_kept_from(Day today) { return days_before(today, kSeenDays); }
Day digests_kept_from(Day today) { return days_before(today, kHorizonDays); }

}  // namespace tocsin

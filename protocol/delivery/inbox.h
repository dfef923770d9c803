// protocol/delivery/inbox.h: whole messages in: new or seen before, their place, what to answer.
//
// Spec:    protocol/spec/delivery.md DLV-6, DLV-7
// Shape:   in   an assembled message, whether its id was seen, the contact's row
//          out  show it or not, its order key, a receipt to send
// Threads: values only
#pragma once

#include "protocol/delivery/receipts.h"
#include "protocol/delivery/stream.h"
#include "protocol/session/assembler.h"

namespace tocsin {

// A row (contact, message id, day) is kept for kSeenDays; looked up by the caller.
enum class SeenBefore : std::uint8_t { kNo, kYes };

// Whether this person lets contacts know that messages arrived.
enum class ReceiptPolicy : std::uint8_t { kSend, kNever };

// What a vault keeps per contact on the receiving side.
struct InboxContact {
  ReceiptPolicy policy = ReceiptPolicy::kSend;
  ReceivingStreams streams;
  ReceiptQueue receipts;
  HealingClock healing;
};

struct Arrival {
  enum class Show : std::uint8_t {
    kNew,        // store it, and the seen row, in this transaction
    kDuplicate,  // seen before: answered again, not shown
    kConsumed,   // receipts or empty: act on it, nothing to show
  };
  Show show = Show::kNew;
  OrderKey order;
};

// HealingClock::on_taken is called per envelope, whether or not it completed a message.
Arrival receive_message(const IncomingMessage& message, SeenBefore seen, InboxContact& contact,
                        Instant now);

// First day whose rows of seen messages may be kept, and of accepted envelope digests.
Day seen_kept_from(Day today);
Day digests_kept_from(Day today);

}  // namespace tocsin

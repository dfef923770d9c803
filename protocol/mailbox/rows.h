// protocol/mailbox/rows.h: what a store keeps about mailboxes, and what it holds only while it
// runs.
//
// Spec:    protocol/spec/mailbox.md MBX-1, MBX-2
// Shape:   …Row durable; Live… memory only, never written
// Threads: values only
#pragma once

#include <optional>

#include "crypto/base/time.h"
#include "protocol/limits.h"
#include "protocol/wire/command.h"

namespace tocsin {

// Names within one store run; none of them ever leaves the relay.
using MailboxNumber = Strong<struct MailboxNumberTag, std::uint64_t>;
using ConnectionId = Strong<struct ConnectionIdTag, std::uint64_t>;

// Months since 1970-01, the only date a mailbox carries.
using Month = Strong<struct MonthTag, std::uint32_t>;
Month month_of(Day day);

// A dropId that was rotated away and still works for a while.
struct OldDrop {
  LookupHash drop;
  Day dies;               // works up to and including this day
  Sequence first_on_new;  // the first cell on the new dropId: acknowledged, the old one dies; or 0
  bool operator==(const OldDrop&) const = default;
};

struct MailboxRow {
  MailboxNumber number = {};
  LookupHash read = {};
  LookupHash drop = {};
  std::optional<OldDrop> old_drop = std::nullopt;
  OwnerPublic owner = {};
  MailboxClass mailbox_class = MailboxClass::kContact;
  std::uint32_t quota = 0;  // cells
  Month last_month = {};    // lives to the end of it
  bool operator==(const MailboxRow&) const = default;
};

struct CellRow {
  Sequence sequence;
  Bytes envelope;  // kEnvelopeBytes
  Day last_day;    // kept up to and including this day
  bool operator==(const CellRow&) const = default;
};

// The one subscription of a mailbox.
struct LiveSubscription {
  ConnectionId connection = {};
  RequestId request;             // of the subscribe
  Sequence pushed_through = {};  // highest sequence pushed on this connection; 0: none
  std::uint32_t credit = 0;      // pushes allowed before the next ack
  bool operator==(const LiveSubscription&) const = default;
};

// What a decision about one mailbox sees besides its row.
struct LiveMailbox {
  std::optional<LiveSubscription> subscription = std::nullopt;
  std::uint32_t stored = 0;  // cells, not acknowledged and not expired
  Sequence newest = {};      // highest sequence among them; 0: none
  Sequence next = {};        // what the next deposit gets; 0: none is left in this run
};

// readId and dropId as the store keeps them: a copied database does not open a mailbox.
LookupHash lookup_of(const LookupKey& key, const ReadId& id);
LookupHash lookup_of(const LookupKey& key, const DropId& id);

// Boot epoch in the high half. The counter counts within one mailbox: one counter for all would
// tell every reader how busy the relay is.
Sequence first_sequence(std::uint32_t boot_epoch);
// None (0) after the last counter of a run.
Sequence next_sequence(Sequence sequence);

bool is_expired(const MailboxRow& mailbox, Day today);
bool is_expired(const CellRow& cell, Day today);
// The row with the old dropId dropped when its day has passed.
MailboxRow without_dead_drop(MailboxRow mailbox, Day today);

}  // namespace tocsin

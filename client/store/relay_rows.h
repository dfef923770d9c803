// client/store/relay_rows.h: relays this vault uses, and its mailboxes there.
//
// Secrets: relay passwords, owner keys
// Errors:  not_found, damaged, those of crypto/db
// Threads: as the database
#pragma once

#include <optional>
#include <vector>

#include "crypto/base/time.h"
#include "crypto/db/database.h"
#include "protocol/wire/address.h"
#include "protocol/wire/command.h"

namespace tocsin {

using RelayId = Strong<struct RelayIdTag, std::int64_t>;
using MailboxId = Strong<struct MailboxIdTag, std::int64_t>;

struct RelayRow {
  RelayId id;
  RelayAddress address;
  SecretBytes password;  // empty: none
  bool common = false;   // every contact gets a mailbox there, not only those who came by it
  std::optional<Day> leaving = std::nullopt;  // given up since: nothing new is made there

  bool is_in_use() const { return !leaving.has_value(); }
};
enum class RelayUse : std::uint8_t { kForItsContacts, kCommon };
// The relay of this address; added when new. A password given replaces the one stored; a relay that
// was given up is in use again, a common one stays common.
Result<RelayId> save_relay(Database& db, const RelayAddress& address, BytesView password,
                           RelayUse use);
Status leave_relay(Database& db, RelayId id, Day today);
// Only when nothing hangs on it any more; else constraint.
Status erase_relay(Database& db, RelayId id);
Result<RelayRow> load_relay(Database& db, RelayId id);
Result<std::optional<RelayRow>> find_relay(Database& db, const RelayAddress& address);
Result<std::vector<RelayRow>> all_relays(Database& db);

struct OwnMailbox {
  MailboxId id;
  RelayId relay;
  MailboxClass mailbox_class = MailboxClass::kContact;
  ReadId read_id;
  DropId drop_id;
  OwnerSecret owner_secret;
  std::optional<Day> last_day;  // null while in use
  Hour active = {};             // made, or something came in it or was queued for its contact
  std::optional<ContactId> contact = std::nullopt;  // whom alone it is for; none: an invitation's

  OwnMailbox duplicate() const;
};
Result<MailboxId> insert_mailbox(Database& db, const OwnMailbox& mailbox);
Result<bool> knows_mailbox(Database& db, const ReadId& read_id);
Result<OwnMailbox> load_mailbox(Database& db, MailboxId id);
Result<std::vector<OwnMailbox>> all_mailboxes(Database& db);
Status note_active(Database& db, MailboxId id, Hour hour);
// Who alone writes to this mailbox.
Status give_to_contact(Database& db, MailboxId id, ContactId contact);
Status take_from_contact(Database& db, MailboxId id);
// Those in use, oldest first.
Result<std::vector<OwnMailbox>> live_mailboxes_of(Database& db, ContactId contact);
// Every mailbox of ours that was made for this contact or by which they came.
Result<std::vector<MailboxId>> mailboxes_for_contact(Database& db, ContactId contact);
// By a contact or a session: somebody may still write to it.
Result<bool> is_mailbox_in_use(Database& db, MailboxId id);
Status close_mailbox(Database& db, MailboxId id, Day last_day);
Status erase_mailbox(Database& db, MailboxId id);

}  // namespace tocsin

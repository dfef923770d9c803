// client/store/contact_rows.h: the people a vault knows.
//
// Errors:  not_found, constraint (a name taken), damaged, those of crypto/db
// Threads: as the database
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/store/relay_rows.h"
#include "protocol/delivery/inbox.h"
#include "protocol/pairing/route.h"

namespace tocsin {

enum class ContactStanding : std::uint8_t {
  kInvited = 1,   // we accepted their invitation; nothing of theirs opened yet
  kRequest = 2,   // they wrote to a public card of ours; we have not answered
  kAccepted = 3,  // messages go both ways
  kLeaving = 4,   // a farewell is on its way; then they are forgotten
  kEnded = 5,     // they said farewell: nothing reaches them, what was said stays
};
// How the person compared the safety number; the client shows it with everything of this contact.
enum class Verified : std::uint8_t { kNot = 0, kDigits = 1, kWords = 2, kPicture = 3 };

struct ContactRow {
  ContactId id;
  std::string petname;
  IdentityPublic identity;
  SigningPublic signing;  // zero: none
  ContactStanding standing = ContactStanding::kInvited;
  std::optional<MailboxId> mailbox;  // the first of ours for them, where answers to us go
  std::vector<Route> routes;         // empty: use the session's
  std::optional<Bytes> peer_card;
  Verified verified = Verified::kNot;
  std::optional<Day> verified_day;
  std::optional<CharterId> charter;
  Day added;
  std::uint32_t stream = 0;
  std::uint32_t next_sequence = 1;
  InboxContact inbox;
  std::uint32_t unopenable_run = 0;
  Day moved;                // when they last told where to reach them
  std::uint32_t moves = 0;  // how often on that day
  // Of the next first contact: above what a vault this one was restored from may have used.
  std::uint32_t least_generation = 0;
  Day heard;                    // when something of theirs was opened last
  std::uint32_t keep_days = 0;  // what was said is erased after so many; 0: kept
};

// Neither we nor they ended it.
constexpr bool can_be_written_to(const ContactRow& contact) {
  return contact.standing != ContactStanding::kEnded &&
         contact.standing != ContactStanding::kLeaving;
}

Result<ContactId> insert_contact(Database& db, const ContactRow& contact);
Status update_contact(Database& db, const ContactRow& contact);
Result<ContactRow> load_contact(Database& db, ContactId id);
Result<std::optional<ContactRow>> find_contact_by_petname(Database& db, std::string_view petname);
Result<std::optional<ContactRow>> find_contact_by_identity(Database& db,
                                                           const IdentityPublic& identity);
// With everything that hangs on them.
Status erase_contact(Database& db, ContactId id);
// Whose own mailbox this is.
Result<std::optional<ContactId>> contact_of_mailbox(Database& db, MailboxId mailbox);
Result<std::vector<ContactRow>> all_contacts(Database& db);
// `wanted`, or `wanted 2`, `wanted 3` …: the first that is free.
Result<std::string> free_petname(Database& db, std::string_view wanted);

// Routes as one column.
Bytes encode_route_list(const std::vector<Route>& routes);
Result<std::vector<Route>> decode_route_list(BytesView bytes);

}  // namespace tocsin

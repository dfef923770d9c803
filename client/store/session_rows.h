// client/store/session_rows.h: sessions, and what keeps an envelope from being taken twice.
//
// Secrets: session states
// Errors:  not_found, damaged, those of crypto/db
// Threads: as the database
#pragma once

#include <optional>
#include <vector>

#include "client/store/contact_rows.h"
#include "crypto/ratchet/first_contact.h"
#include "protocol/session/selection.h"

namespace tocsin {

struct StoredSession {
  SessionRow row;  // id, generation, standing, superseded
  ContactId contact;
  MailboxId mailbox;
  std::vector<Route> routes;
  std::uint32_t unconfirmed_sends = 0;
  Session session;
};

// Inserts or replaces everything.
Status save_session(Database& db, const StoredSession& stored);
Status save_session_row(Database& db, const SessionRow& row);
Result<std::optional<StoredSession>> find_session(Database& db, const SessionId& sid);
Result<std::vector<StoredSession>> sessions_of_contact(Database& db, ContactId contact);
Result<std::vector<SessionRow>> session_rows_of_contact(Database& db, ContactId contact);
// Where the newest session of a contact is heard.
Result<std::optional<MailboxId>> newest_session_mailbox(Database& db, ContactId contact);
// Newest first, at most `most`.
Result<std::vector<StoredSession>> sessions_of_mailbox(Database& db, MailboxId mailbox,
                                                       std::size_t most);
// Whether a contact without a mailbox of their own is heard on it.
Result<bool> is_somebodys_only_mailbox(Database& db, MailboxId mailbox);
// What began in a mailbox of ours goes on in the first one of its contact.
Status move_sessions_to_home(Database& db, MailboxId mailbox);
Status erase_session(Database& db, const SessionId& sid);

Result<bool> is_accepted(Database& db, const EnvelopeDigest& digest);
Status save_accepted(Database& db, const EnvelopeDigest& digest, Day day);
Result<bool> is_replayed(Database& db, const Transcript& transcript);
Status save_replay(Database& db, const Transcript& transcript, Day last_day);
// Digests and transcripts whose days have passed.
Status forget_accepted(Database& db, Day today);

}  // namespace tocsin

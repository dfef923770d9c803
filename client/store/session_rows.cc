#include "client/store/session_rows.h"

#include "client/store/columns.h"

namespace tocsin {
namespace {

constexpr Sql kSelectById =
    "SELECT sid, generation, standing, superseded, contact, mailbox, routes, unconfirmed_sends, "
    "state FROM session "
    "WHERE sid = ?1";
constexpr Sql kSelectByContact =
    "SELECT sid, generation, standing, superseded, contact, mailbox, routes, unconfirmed_sends, "
    "state FROM session "
    "WHERE contact = ?1 ORDER BY generation DESC, sid";
constexpr Sql kSelectByMailbox =
    "SELECT sid, generation, standing, superseded, contact, mailbox, routes, unconfirmed_sends, "
    "state FROM session "
    "WHERE mailbox = ?1 ORDER BY generation DESC, sid LIMIT ?2";

Result<SessionRow> read_row(const Statement& row) {
  SessionRow session;
  session.id = TRY(row.fixed<SessionId>(0));
  session.generation = static_cast<std::uint32_t>(row.integer(1));
  session.standing = static_cast<SessionStanding>(row.integer(2));
  session.superseded = optional_at<Day>(row, 3);
  return session;
}

Result<StoredSession> read_session(const Statement& row) {
  auto routes = TRY(decode_route_list(row.bytes(6)));
  auto session = TRY(Session::decode(row.bytes(8)));
  return StoredSession{
      .row = TRY(read_row(row)),
      .contact = {row.integer(4)},
      .mailbox = {row.integer(5)},
      .routes = std::move(routes),
      .unconfirmed_sends = static_cast<std::uint32_t>(row.integer(7)),
      .session = std::move(session),
  };
}

}  // namespace

Status save_session(Database& db, const StoredSession& stored) {
  const SecretBytes state = stored.session.encode();
  return db.run(
      "INSERT INTO session(sid, generation, standing, superseded, contact, mailbox, routes, "
      "unconfirmed_sends, state) "
      "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT(sid) DO UPDATE SET generation = ?2, "
      "standing = ?3, "
      "superseded = ?4, contact = ?5, mailbox = ?6, routes = ?7, unconfirmed_sends = ?8, state = "
      "?9",
      stored.row.id, stored.row.generation, static_cast<int>(stored.row.standing),
      column_of(stored.row.superseded), stored.contact.value, stored.mailbox.value,
      encode_route_list(stored.routes), stored.unconfirmed_sends, state.expose(kExpose));
}

Status save_session_row(Database& db, const SessionRow& row) {
  return db.run("UPDATE session SET generation = ?2, standing = ?3, superseded = ?4 WHERE sid = ?1",
                row.id, row.generation, static_cast<int>(row.standing), column_of(row.superseded));
}

Result<std::optional<StoredSession>> find_session(Database& db, const SessionId& sid) {
  Statement find = TRY(db.statement(kSelectById));
  find.bind(sid);
  if (!TRY(find.next())) return std::optional<StoredSession>();
  return std::optional<StoredSession>(TRY(read_session(find)));
}

Result<std::vector<StoredSession>> sessions_of_contact(Database& db, ContactId contact) {
  Statement find = TRY(db.statement(kSelectByContact));
  find.bind(contact.value);
  std::vector<StoredSession> sessions;
  while (TRY(find.next())) sessions.push_back(TRY(read_session(find)));
  return sessions;
}

Result<std::vector<SessionRow>> session_rows_of_contact(Database& db, ContactId contact) {
  Statement find =
      TRY(db.statement("SELECT sid, generation, standing, superseded FROM session WHERE contact = "
                       "?1 ORDER BY generation DESC, sid"));
  find.bind(contact.value);
  std::vector<SessionRow> rows;
  while (TRY(find.next())) rows.push_back(TRY(read_row(find)));
  return rows;
}

Result<std::optional<MailboxId>> newest_session_mailbox(Database& db, ContactId contact) {
  Statement find = TRY(db.statement(
      "SELECT mailbox FROM session WHERE contact = ?1 ORDER BY generation DESC, sid LIMIT 1"));
  find.bind(contact.value);
  if (!TRY(find.next())) return std::optional<MailboxId>();
  return std::optional<MailboxId>(MailboxId{find.integer(0)});
}

Result<std::vector<StoredSession>> sessions_of_mailbox(Database& db, MailboxId mailbox,
                                                       std::size_t most) {
  Statement find = TRY(db.statement(kSelectByMailbox));
  find.bind(mailbox.value, most);
  std::vector<StoredSession> sessions;
  while (TRY(find.next())) sessions.push_back(TRY(read_session(find)));
  return sessions;
}

Result<bool> is_somebodys_only_mailbox(Database& db, MailboxId mailbox) {
  Statement find =
      TRY(db.statement("SELECT 1 FROM session JOIN contact ON contact.id = session.contact "
                       "WHERE session.mailbox = ?1 AND contact.mailbox IS NULL"));
  find.bind(mailbox.value);
  return find.next();
}

Status move_sessions_to_home(Database& db, MailboxId mailbox) {
  return db.run(
      "UPDATE session SET mailbox = (SELECT contact.mailbox FROM contact WHERE contact.id = "
      "session.contact) WHERE mailbox = ?1",
      mailbox.value);
}

Status erase_session(Database& db, const SessionId& sid) {
  return db.run("DELETE FROM session WHERE sid = ?1", sid);
}

Result<bool> is_accepted(Database& db, const EnvelopeDigest& digest) {
  Statement find = TRY(db.statement("SELECT 1 FROM accepted WHERE digest = ?1"));
  find.bind(digest);
  return find.next();
}

Status save_accepted(Database& db, const EnvelopeDigest& digest, Day day) {
  return db.run("INSERT INTO accepted(digest, day) VALUES(?1, ?2) ON CONFLICT(digest) DO NOTHING",
                digest, day.value);
}

Result<bool> is_replayed(Database& db, const Transcript& transcript) {
  Statement find = TRY(db.statement("SELECT 1 FROM replay WHERE transcript = ?1"));
  find.bind(transcript);
  return find.next();
}

Status save_replay(Database& db, const Transcript& transcript, Day last_day) {
  return db.run("INSERT INTO replay(transcript, last_day) VALUES(?1, ?2)", transcript,
                last_day.value);
}

Status forget_accepted(Database& db, Day today) {
  TRY(db.run("DELETE FROM accepted WHERE day < ?1", days_before(today, kHorizonDays).value));
  return db.run("DELETE FROM replay WHERE last_day < ?1", today.value);
}

}  // namespace tocsin

#include "client/store/alert_rows.h"

#include "client/store/columns.h"

namespace tocsin {
namespace {

constexpr Sql kSelectDrafts =
    "SELECT id, body_hash, alert, request, charter, requester, recipient, answered, message, "
    "created FROM draft ORDER BY id";
constexpr Sql kSelectDraft =
    "SELECT id, body_hash, alert, request, charter, requester, recipient, answered, message, "
    "created FROM draft WHERE id = ?1";
constexpr Sql kSelectDraftByBody =
    "SELECT id, body_hash, alert, request, charter, requester, recipient, answered, message, "
    "created FROM draft "
    "WHERE body_hash = ?1";

Result<AlertRow> read_alert(const Statement& row) {
  const auto message = TRY(row.fixed<MessageId>(2));
  const auto alert = TRY(row.fixed<AlertId>(3));
  return AlertRow{.id = row.integer(0),
                  .contact = {row.integer(1)},
                  .message = message,
                  .alert = alert,
                  .bytes = to_bytes(row.bytes(4)),
                  .received = {row.integer(5)},
                  .read = row.integer(6) != 0,
                  .acknowledged = row.integer(7) != 0};
}

Result<DraftRow> read_draft(const Statement& row) {
  DraftRow draft;
  draft.id = row.integer(0);
  draft.body_hash = TRY(row.fixed<AlertBodyHash>(1));
  draft.alert = TRY(row.fixed<AlertId>(2));
  draft.request = TRY(decode_cosign_request(row.bytes(3)));
  draft.charter = TRY(row.fixed<CharterId>(4));
  draft.requester = optional_at<ContactId>(row, 5);
  draft.recipient = optional_at<ContactId>(row, 6);
  draft.answered = static_cast<DraftAnswered>(row.integer(7));
  if (!row.is_null(8)) draft.message = TRY(row.fixed<MessageId>(8));
  draft.created = {row.integer(9)};
  return draft;
}

template <class Value>
Result<std::optional<DraftRow>> find_one_draft(Database& db, Sql sql, const Value& value) {
  Statement find = TRY(db.statement(sql));
  find.bind(value);
  if (!TRY(find.next())) return std::optional<DraftRow>();
  return std::optional<DraftRow>(TRY(read_draft(find)));
}

}  // namespace

Status insert_alert(Database& db, const AlertRow& row) {
  return db.run(
      "INSERT INTO alert(contact, message, alert, bytes, received, read, acknowledged) VALUES(?1, "
      "?2, ?3, ?4, ?5, 0, 0) ON CONFLICT DO NOTHING",
      row.contact.value, row.message, row.alert, row.bytes, row.received.milliseconds);
}

Result<std::vector<AlertRow>> all_alerts(Database& db) {
  Statement find =
      TRY(db.statement("SELECT id, contact, message, alert, bytes, received, read, acknowledged "
                       "FROM alert ORDER BY id"));
  find.bind();
  std::vector<AlertRow> rows;
  while (TRY(find.next())) rows.push_back(TRY(read_alert(find)));
  return rows;
}

Result<std::optional<AlertRow>> find_alert(Database& db, std::int64_t id) {
  Statement find =
      TRY(db.statement("SELECT id, contact, message, alert, bytes, received, read, acknowledged "
                       "FROM alert WHERE id = ?1"));
  find.bind(id);
  if (!TRY(find.next())) return std::optional<AlertRow>();
  return std::optional<AlertRow>(TRY(read_alert(find)));
}

Status mark_alert_read(Database& db, std::int64_t id) {
  return db.run("UPDATE alert SET read = 1 WHERE id = ?1", id);
}
Status mark_alert_acknowledged(Database& db, std::int64_t id) {
  return db.run("UPDATE alert SET acknowledged = 1 WHERE id = ?1", id);
}

Status save_former_identity(Database& db, const IdentityPublic& identity) {
  return db.run(
      "INSERT INTO former_identity(identity, last_alert) VALUES(?1, (SELECT ifnull(max(id), 0) "
      "FROM "
      "alert))",
      identity);
}

Result<IdentityPublic> identity_of_alert(Database& db, std::int64_t alert,
                                         const IdentityPublic& now) {
  if (alert == 0) return now;
  Statement find = TRY(db.statement(
      "SELECT identity FROM former_identity WHERE last_alert >= ?1 ORDER BY number LIMIT 1"));
  find.bind(alert);
  if (!TRY(find.next())) return now;
  return find.fixed<IdentityPublic>(0);
}

Status save_first_verdict(Database& db, const FirstVerdict& verdict) {
  return db.run("INSERT INTO first_verdict(alert, record) VALUES(?1, ?2) ON CONFLICT DO NOTHING",
                verdict.id, encode_first_verdict(verdict));
}

Result<std::vector<FirstVerdict>> all_first_verdicts(Database& db) {
  Statement find = TRY(db.statement("SELECT record FROM first_verdict ORDER BY id"));
  find.bind();
  std::vector<FirstVerdict> verdicts;
  while (TRY(find.next())) verdicts.push_back(TRY(decode_first_verdict(find.bytes(0))));
  return verdicts;
}

Result<std::int64_t> insert_draft(Database& db, const DraftRow& row) {
  TRY(
      db.run("INSERT INTO draft(body_hash, alert, request, charter, requester, recipient, "
             "answered, message, created) "
             "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL, ?8)",
             row.body_hash, row.alert, TRY(encode_cosign_request(row.request)), row.charter,
             column_of(row.requester), column_of(row.recipient), static_cast<int>(row.answered),
             row.created.milliseconds));
  return db.last_row_id();
}

Result<std::vector<DraftRow>> all_drafts(Database& db) {
  Statement find = TRY(db.statement(kSelectDrafts));
  find.bind();
  std::vector<DraftRow> drafts;
  while (TRY(find.next())) drafts.push_back(TRY(read_draft(find)));
  return drafts;
}

Result<std::optional<DraftRow>> find_draft(Database& db, std::int64_t id) {
  return find_one_draft(db, kSelectDraft, id);
}
Result<std::optional<DraftRow>> find_draft_by_body(Database& db, const AlertBodyHash& body) {
  return find_one_draft(db, kSelectDraftByBody, body);
}

Status mark_draft_answered(Database& db, std::int64_t id, DraftAnswered answered) {
  return db.run("UPDATE draft SET answered = ?2 WHERE id = ?1", id, static_cast<int>(answered));
}
Status erase_drafts_about(Database& db, ContactId recipient) {
  return db.run("DELETE FROM draft WHERE recipient = ?1", recipient.value);
}

Status mark_draft_sent(Database& db, std::int64_t id, const MessageId& message) {
  return db.run("UPDATE draft SET message = ?2 WHERE id = ?1", id, message);
}

Status save_answer(Database& db, std::int64_t draft, const AnswerRow& row) {
  return db.run(
      "INSERT INTO draft_answer(draft, answer, contact, holder) VALUES(?1, ?2, ?3, ?4) ON CONFLICT "
      "DO NOTHING",
      draft, TRY(encode_cosign_answer(row.answer)), column_of(row.contact), row.holder);
}

Result<std::vector<AnswerRow>> answers_to(Database& db, std::int64_t draft) {
  Statement find = TRY(db.statement(
      "SELECT answer, contact, holder FROM draft_answer WHERE draft = ?1 ORDER BY rowid"));
  find.bind(draft);
  std::vector<AnswerRow> rows;
  while (TRY(find.next())) {
    std::optional<SigningPublic> holder;
    if (!find.is_null(2)) holder = TRY(find.fixed<SigningPublic>(2));
    rows.push_back(
        {TRY(decode_cosign_answer(find.bytes(0))), optional_at<ContactId>(find, 1), holder});
  }
  return rows;
}

}  // namespace tocsin

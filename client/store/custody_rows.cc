#include "client/store/custody_rows.h"

#include "client/codes.h"

namespace tocsin {
namespace {

Result<CustodyCaseRow> read_case(const Statement& row) {
  SigningSecret secret = TRY(SigningSecret::from(row.bytes(3)));
  CustodyCaseRow found{.id = {row.integer(0)},
                       .contact = {row.integer(1)},
                       .secret = std::move(secret),
                       .who = std::string(row.text(4)),
                       .peer_length = static_cast<std::uint64_t>(row.integer(6)),
                       .fault = static_cast<Code>(row.integer(7)),
                       .fault_at = row.integer(8),
                       .closed = row.integer(9) != 0};
  found.case_id = TRY(row.fixed<CaseId>(2));
  if (!row.is_null(5)) found.peer = TRY(row.fixed<SigningPublic>(5));
  return found;
}

Result<std::vector<CustodyCaseRow>> cases_in(Statement query) {
  std::vector<CustodyCaseRow> cases;
  while (TRY(query.next())) cases.push_back(TRY(read_case(query)));
  return cases;
}

std::int64_t number_of(Custodian whose) { return static_cast<std::int64_t>(whose); }

}  // namespace

Result<CaseNumber> insert_case(Database& db, const CustodyCaseRow& row) {
  TRY(
      db.run("INSERT INTO custody_case(contact, case_id, secret, who, peer, peer_length, fault, "
             "fault_at, closed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0)",
             row.contact.value, row.case_id, row.secret.expose(kExpose), std::string_view(row.who),
             row.peer, row.peer_length, static_cast<std::int64_t>(row.fault), row.fault_at));
  return CaseNumber{db.last_row_id()};
}

Status update_case(Database& db, const CustodyCaseRow& row) {
  return db.run(
      "UPDATE custody_case SET who = ?2, peer = ?3, peer_length = ?4, fault = ?5, fault_at = ?6 "
      "WHERE id = ?1",
      row.id.value, std::string_view(row.who), row.peer, row.peer_length,
      static_cast<std::int64_t>(row.fault), row.fault_at);
}

// Every column, in the order that schema.cc gives them.
Result<std::optional<CustodyCaseRow>> find_case(Database& db, const CaseId& case_id) {
  Statement query = TRY(db.statement("SELECT * FROM custody_case WHERE case_id = ?1"));
  query.bind(case_id);
  if (!TRY(query.next())) return std::optional<CustodyCaseRow>();
  CustodyCaseRow found = TRY(read_case(query));
  return std::optional<CustodyCaseRow>(std::move(found));
}

Result<std::vector<CustodyCaseRow>> cases_with(Database& db, ContactId contact) {
  Statement query =
      TRY(db.statement("SELECT * FROM custody_case WHERE contact = ?1 ORDER BY id DESC"));
  query.bind(contact.value);
  return cases_in(std::move(query));
}

Result<std::vector<CustodyCaseRow>> cases_of_file(Database& db, const FileId& file) {
  Statement query =
      TRY(db.statement("SELECT * FROM custody_case WHERE id IN (SELECT custody_case FROM "
                       "custody_record WHERE file = ?1) ORDER BY id DESC"));
  query.bind(file);
  return cases_in(std::move(query));
}

Status insert_record(Database& db, CaseNumber id, Custodian whose, const CustodyRecord& record,
                     const Dsse& envelope) {
  const Bytes bytes = TRY(encode_dsse(envelope));
  return db.run(
      "INSERT INTO custody_record(custody_case, ours, number, file, envelope) VALUES (?1, ?2, ?3, "
      "?4, ?5)",
      id.value, number_of(whose), record.number, record.item.file, bytes);
}

Result<std::optional<Dsse>> find_record(Database& db, CaseNumber id, Custodian whose,
                                        std::uint64_t number) {
  Statement query =
      TRY(db.statement("SELECT envelope FROM custody_record WHERE custody_case = ?1 AND ours = ?2 "
                       "AND number = ?3"));
  query.bind(id.value, number_of(whose), number);
  if (!TRY(query.next())) return std::optional<Dsse>();
  return std::optional(TRY(decode_dsse(query.bytes(0), DocumentKind::kCustody)));
}

Result<CustodyHead> custody_head(Database& db, const CustodyCaseRow& custody, Custodian whose) {
  std::uint64_t length = custody.peer_length;
  if (whose == Custodian::kUs) {
    Statement query =
        TRY(db.statement("SELECT ifnull(max(number) + 1, 0) FROM custody_record WHERE custody_case "
                         "= ?1 AND ours = 1"));
    query.bind(custody.id.value);
    static_cast<void>(TRY(query.next()));
    length = static_cast<std::uint64_t>(query.integer(0));
  }
  if (length == 0) return CustodyHead{};
  const std::optional<Dsse> last = TRY(find_record(db, custody.id, whose, length - 1));
  if (!last.has_value()) return fail(kDamaged, "custody chain");
  return CustodyHead{length, hash_of_custody_record(last->body)};
}

Result<std::vector<Dsse>> custody_chain(Database& db, CaseNumber id, Custodian whose) {
  Statement query = TRY(
      db.statement("SELECT envelope FROM custody_record WHERE custody_case = ?1 AND ours = ?2 AND "
                   "(ours = 1 OR number < (SELECT peer_length FROM custody_case WHERE id = ?1)) "
                   "ORDER BY number"));
  query.bind(id.value, number_of(whose));
  std::vector<Dsse> chain;
  while (TRY(query.next()))
    chain.push_back(TRY(decode_dsse(query.bytes(0), DocumentKind::kCustody)));
  return chain;
}

Result<std::vector<CustodyRecord>> custody_of_file(Database& db, CaseNumber id, Custodian whose,
                                                   const FileId& file) {
  Statement query = TRY(db.statement(
      "SELECT envelope FROM custody_record WHERE custody_case = ?1 AND ours = ?2 AND "
      "file = ?3 AND (ours = 1 OR number < (SELECT peer_length FROM custody_case WHERE "
      "id = ?1)) ORDER BY number"));
  query.bind(id.value, number_of(whose), file);
  std::vector<CustodyRecord> records;
  while (TRY(query.next())) {
    const Dsse envelope = TRY(decode_dsse(query.bytes(0), DocumentKind::kCustody));
    records.push_back(TRY(decode_custody_record(envelope.body)));
  }
  return records;
}

Result<std::uint64_t> count_their_records(Database& db, ContactId contact) {
  Statement query =
      TRY(db.statement("SELECT count(*) FROM custody_record WHERE ours = 0 AND custody_case IN "
                       "(SELECT id FROM custody_case WHERE contact = ?1)"));
  query.bind(contact.value);
  static_cast<void>(TRY(query.next()));
  return static_cast<std::uint64_t>(query.integer(0));
}

Result<std::uint64_t> count_waiting(Database& db, const CustodyCaseRow& custody) {
  Statement query = TRY(db.statement(
      "SELECT count(*) FROM custody_record WHERE custody_case = ?1 AND ours = 0 AND number >= ?2"));
  query.bind(custody.id.value, custody.peer_length);
  static_cast<void>(TRY(query.next()));
  return static_cast<std::uint64_t>(query.integer(0));
}

Status save_hand_over(Database& db, const HandOverRow& row) {
  const Bytes bytes = TRY(encode_dsse(row.envelope));
  return db.run(
      "INSERT OR REPLACE INTO hand_over(evidence, standing, envelope) VALUES (?1, ?2, ?3)",
      row.evidence.value, static_cast<std::int64_t>(row.standing), bytes);
}

Result<std::optional<HandOverRow>> find_hand_over(Database& db, EvidenceNumber id) {
  Statement query =
      TRY(db.statement("SELECT standing, envelope FROM hand_over WHERE evidence = ?1"));
  query.bind(id.value);
  if (!TRY(query.next())) return std::optional<HandOverRow>();
  HandOverRow row{.evidence = id, .standing = static_cast<HandOverStanding>(query.integer(0))};
  row.envelope = TRY(decode_dsse(query.bytes(1), DocumentKind::kHandOver));
  return std::optional(std::move(row));
}

Result<std::vector<Dsse>> signed_hand_overs(Database& db, ContactId contact) {
  Statement query =
      TRY(db.statement("SELECT hand_over.envelope FROM hand_over JOIN evidence ON evidence.id = "
                       "hand_over.evidence WHERE evidence.contact = ?1 AND hand_over.standing = 3 "
                       "ORDER BY evidence.id"));
  query.bind(contact.value);
  std::vector<Dsse> envelopes;
  while (TRY(query.next()))
    envelopes.push_back(TRY(decode_dsse(query.bytes(0), DocumentKind::kHandOver)));
  return envelopes;
}

}  // namespace tocsin

#include "client/store/organisation_rows.h"

#include "client/store/columns.h"

namespace tocsin {
namespace {

Result<OrganisationRow> read_organisation(const Statement& row) {
  const CharterId id = TRY(row.fixed<CharterId>(0));
  return OrganisationRow{.chain = TRY(CharterChain::decode(row.bytes(1), id)),
                         .petname = std::string(row.text(2)),
                         .confirmed = static_cast<ConfirmedBy>(row.integer(3)),
                         .confirmed_on = {static_cast<std::uint32_t>(row.integer(4))},
                         .offered_by = optional_at<ContactId>(row, 5)};
}

Result<FoundingRow> read_founding(const Statement& row) {
  FoundingRow founding;
  founding.id = TRY(row.fixed<FoundingId>(0));
  founding.organisation = std::string(row.text(1));
  founding.threshold = static_cast<std::uint8_t>(row.integer(2));
  founding.asked_by = optional_at<ContactId>(row, 3);
  founding.our_name = std::string(row.text(4));
  if (!row.bytes(5).empty())
    founding.proposal = TRY(decode_dsse(row.bytes(5), DocumentKind::kCharter));
  founding.signed_by_us = row.integer(6) != 0;
  if (!row.is_null(7)) founding.base = TRY(row.fixed<CharterId>(7));
  founding.by_file = row.integer(8) != 0;
  return founding;
}

}  // namespace

Status save_organisation(Database& db, const OrganisationRow& row) {
  return db.run(
      "INSERT INTO organisation(charter, chain, petname, confirmed, confirmed_day, offered_by) "
      "VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT(charter) DO UPDATE SET chain = ?2, petname = ?3, "
      "confirmed = ?4, "
      "confirmed_day = ?5, offered_by = ?6",
      row.chain.id(), row.chain.encode(), row.petname, static_cast<int>(row.confirmed),
      row.confirmed_on.value, column_of(row.offered_by));
}

Result<std::optional<OrganisationRow>> find_organisation(Database& db, const CharterId& id) {
  Statement find =
      TRY(db.statement("SELECT charter, chain, petname, confirmed, confirmed_day, offered_by FROM "
                       "organisation WHERE charter = ?1"));
  find.bind(id);
  if (!TRY(find.next())) return std::optional<OrganisationRow>();
  return std::optional<OrganisationRow>(TRY(read_organisation(find)));
}

Result<std::vector<OrganisationRow>> all_organisations(Database& db) {
  Statement find =
      TRY(db.statement("SELECT charter, chain, petname, confirmed, confirmed_day, offered_by FROM "
                       "organisation ORDER BY number"));
  find.bind();
  std::vector<OrganisationRow> rows;
  while (TRY(find.next())) rows.push_back(TRY(read_organisation(find)));
  return rows;
}

Status save_founding(Database& db, const FoundingRow& row) {
  const Bytes proposal = row.proposal.has_value() ? TRY(encode_dsse(*row.proposal)) : Bytes{};
  return db.run(
      "INSERT INTO founding(id, organisation, threshold, asked_by, our_name, proposal, signed, "
      "base, by_file) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT(id) DO UPDATE SET "
      "organisation = "
      "?2, threshold = ?3, asked_by = ?4, our_name = ?5, proposal = ?6, signed = ?7",
      row.id, row.organisation, row.threshold, column_of(row.asked_by), row.our_name, proposal,
      row.signed_by_us ? 1 : 0, row.base, row.by_file ? 1 : 0);
}

Result<std::optional<FoundingRow>> find_founding(Database& db, const FoundingId& id) {
  Statement find = TRY(db.statement(
      "SELECT id, organisation, threshold, asked_by, our_name, proposal, signed, base, "
      "by_file FROM founding WHERE id = ?1"));
  find.bind(id);
  if (!TRY(find.next())) return std::optional<FoundingRow>();
  return std::optional<FoundingRow>(TRY(read_founding(find)));
}

Result<std::vector<FoundingRow>> all_foundings(Database& db) {
  Statement find = TRY(db.statement(
      "SELECT id, organisation, threshold, asked_by, our_name, proposal, signed, base, "
      "by_file FROM founding ORDER BY organisation, id"));
  find.bind();
  std::vector<FoundingRow> rows;
  while (TRY(find.next())) rows.push_back(TRY(read_founding(find)));
  return rows;
}

Status erase_founding(Database& db, const FoundingId& id) {
  TRY(db.run("DELETE FROM holder WHERE founding = ?1", id));
  return db.run("DELETE FROM founding WHERE id = ?1", id);
}

Status save_seat(Database& db, const FoundingId& founding, const SeatRow& seat) {
  return db.run(
      "INSERT INTO founding_seat(founding, seat, name, contact, key) VALUES(?1, ?2, ?3, ?4, ?5) "
      "ON CONFLICT(founding, seat) DO UPDATE SET name = ?3, contact = ?4, key = ?5",
      founding, seat.seat, seat.name, column_of(seat.contact), seat.key);
}

Result<std::vector<SeatRow>> seats_of(Database& db, const FoundingId& founding) {
  Statement find = TRY(db.statement(
      "SELECT seat, name, contact, key FROM founding_seat WHERE founding = ?1 ORDER BY seat"));
  find.bind(founding);
  std::vector<SeatRow> seats;
  while (TRY(find.next())) {
    SeatRow seat;
    seat.seat = static_cast<std::uint8_t>(find.integer(0));
    seat.name = std::string(find.text(1));
    seat.contact = optional_at<ContactId>(find, 2);
    if (!find.is_null(3)) seat.key = TRY(find.fixed<SigningPublic>(3));
    seats.push_back(std::move(seat));
  }
  return seats;
}

Status insert_holder_key(Database& db, const SigningSecret& secret, const FoundingId& founding) {
  return db.run("INSERT INTO holder(public, secret, founding) VALUES(?1, ?2, ?3)",
                signing_public_of(secret), secret.expose(kExpose), founding);
}

Result<bool> has_holder_key(Database& db, const FoundingId& founding) {
  Statement find = TRY(db.statement("SELECT 1 FROM holder WHERE founding = ?1"));
  find.bind(founding);
  return find.next();
}

Result<std::optional<SigningSecret>> holder_secret_of(Database& db, const FoundingId& founding) {
  Statement find = TRY(db.statement("SELECT secret FROM holder WHERE founding = ?1"));
  find.bind(founding);
  if (!TRY(find.next())) return std::optional<SigningSecret>();
  return std::optional<SigningSecret>(TRY(SigningSecret::from(find.bytes(0))));
}

Result<std::optional<SigningPublic>> holder_key_of(Database& db, const FoundingId& founding) {
  Statement find = TRY(db.statement("SELECT public FROM holder WHERE founding = ?1"));
  find.bind(founding);
  if (!TRY(find.next())) return std::optional<SigningPublic>();
  return std::optional<SigningPublic>(TRY(find.fixed<SigningPublic>(0)));
}

Result<std::optional<SigningSecret>> find_holder_key(Database& db, const SigningPublic& key) {
  Statement find = TRY(db.statement("SELECT secret FROM holder WHERE public = ?1"));
  find.bind(key);
  if (!TRY(find.next())) return std::optional<SigningSecret>();
  return std::optional<SigningSecret>(TRY(SigningSecret::from(find.bytes(0))));
}

Result<std::optional<SigningSecret>> our_key_in(Database& db, const Charter& charter) {
  for (const Holder& holder : charter.holders) {
    std::optional<SigningSecret> secret = TRY(find_holder_key(db, holder.alert_key));
    if (secret.has_value()) return secret;
  }
  return std::optional<SigningSecret>();
}

Status save_colleague_to_ask(Database& db, const FoundingId& founding, ContactId contact) {
  return db.run("INSERT OR IGNORE INTO founding_ask(founding, contact) VALUES(?1, ?2)", founding,
                contact.value);
}

Result<std::vector<ContactId>> colleagues_to_ask(Database& db, const FoundingId& founding) {
  Statement find = TRY(db.statement("SELECT contact FROM founding_ask WHERE founding = ?1"));
  find.bind(founding);
  std::vector<ContactId> contacts;
  while (TRY(find.next())) contacts.push_back({find.integer(0)});
  return contacts;
}

Status erase_colleague(Database& db, const CharterId& charter, const SigningPublic& key) {
  return db.run(
      "DELETE FROM colleague WHERE charter = ?1 AND (public = ?2 OR contact IN "
      "(SELECT contact FROM colleague WHERE charter = ?1 AND public = ?2 AND own = 1))",
      charter, key);
}

Result<std::vector<ContactId>> offered_to(Database& db, const CharterId& charter) {
  Statement find = TRY(db.statement("SELECT contact FROM charter_offer WHERE charter = ?1"));
  find.bind(charter);
  std::vector<ContactId> contacts;
  while (TRY(find.next())) contacts.push_back({find.integer(0)});
  return contacts;
}

Status save_colleague(Database& db, const CharterId& charter, const SigningPublic& key,
                      ContactId contact, HolderReached how) {
  return db.run(
      "INSERT INTO colleague(charter, public, contact, own) VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO "
      "UPDATE SET contact = ?3, own = ?4",
      charter, key, contact.value, how == HolderReached::kThemselves ? 1 : 0);
}

Result<std::optional<SigningPublic>> own_key_of(Database& db, const CharterId& charter,
                                                ContactId contact) {
  Statement find = TRY(
      db.statement("SELECT public FROM colleague WHERE charter = ?1 AND contact = ?2 AND own = 1"));
  find.bind(charter, contact.value);
  if (!TRY(find.next())) return std::optional<SigningPublic>();
  return std::optional<SigningPublic>(TRY(find.fixed<SigningPublic>(0)));
}

Result<std::optional<ContactId>> owner_of(Database& db, const CharterId& charter,
                                          const SigningPublic& key) {
  Statement find = TRY(
      db.statement("SELECT contact FROM colleague WHERE charter = ?1 AND public = ?2 AND own = 1"));
  find.bind(charter, key);
  if (!TRY(find.next())) return std::optional<ContactId>();
  return std::optional<ContactId>(ContactId{find.integer(0)});
}

Result<std::vector<ContactId>> colleagues_of(Database& db, const CharterId& charter) {
  Statement find = TRY(
      db.statement("SELECT DISTINCT contact FROM colleague WHERE charter = ?1 ORDER BY contact"));
  find.bind(charter);
  std::vector<ContactId> contacts;
  while (TRY(find.next())) contacts.push_back({find.integer(0)});
  return contacts;
}

Status forget_charters_shown_to(Database& db, ContactId contact) {
  TRY(db.run("DELETE FROM charter_offer WHERE contact = ?1", contact.value));
  return db.run("DELETE FROM colleague WHERE contact = ?1", contact.value);
}

Result<std::uint32_t> offered_version(Database& db, const CharterId& charter, ContactId contact) {
  Statement find =
      TRY(db.statement("SELECT version FROM charter_offer WHERE charter = ?1 AND contact = ?2"));
  find.bind(charter, contact.value);
  if (!TRY(find.next())) return 0U;
  return static_cast<std::uint32_t>(find.integer(0));
}

Status save_offered(Database& db, const CharterId& charter, ContactId contact,
                    std::uint32_t version) {
  return db.run(
      "INSERT INTO charter_offer(charter, contact, version) VALUES(?1, ?2, ?3) ON CONFLICT DO "
      "UPDATE SET version = ?3",
      charter, contact.value, version);
}

}  // namespace tocsin

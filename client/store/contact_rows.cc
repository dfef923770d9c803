#include "client/store/contact_rows.h"

#include "client/store/columns.h"
#include "crypto/base/codec.h"

namespace tocsin {
namespace {

// A macro, because a statement is one literal.
#define CONTACT_COLUMNS                                                                     \
  "SELECT id, petname, identity, signing, standing, mailbox, routes, peer_card, verified, " \
  "verified_day, charter, added_day, stream, next_sequence, streams, receipts, healing, "   \
  "unopenable_run, moved_day, moves, least_generation, keep_days, heard_day FROM contact "
constexpr Sql kSelectById = CONTACT_COLUMNS "WHERE id = ?1";
constexpr Sql kSelectByPetname = CONTACT_COLUMNS "WHERE petname = ?1";
constexpr Sql kSelectByIdentity = CONTACT_COLUMNS "WHERE identity = ?1";
constexpr Sql kSelectAll = CONTACT_COLUMNS "ORDER BY petname";
#undef CONTACT_COLUMNS

std::uint32_t u32(const Statement& row, int column) {
  return static_cast<std::uint32_t>(row.integer(column));
}

Result<ContactRow> read_contact(const Statement& row) {
  ContactRow contact;
  contact.id = {row.integer(0)};
  contact.petname = std::string(row.text(1));
  contact.identity = TRY(row.fixed<IdentityPublic>(2));
  contact.signing = TRY(row.fixed<SigningPublic>(3));
  contact.standing = static_cast<ContactStanding>(row.integer(4));
  contact.mailbox = optional_at<MailboxId>(row, 5);
  contact.routes = TRY(decode_route_list(row.bytes(6)));
  if (!row.is_null(7)) contact.peer_card = to_bytes(row.bytes(7));
  contact.verified = static_cast<Verified>(row.integer(8));
  contact.verified_day = optional_at<Day>(row, 9);
  if (!row.is_null(10)) contact.charter = TRY(row.fixed<CharterId>(10));
  contact.added = {u32(row, 11)};
  contact.stream = u32(row, 12);
  contact.next_sequence = u32(row, 13);
  contact.inbox.streams = TRY(ReceivingStreams::decode(row.bytes(14)));
  contact.inbox.receipts = TRY(ReceiptQueue::decode(row.bytes(15)));
  contact.inbox.healing = TRY(HealingClock::decode(row.bytes(16)));
  contact.unopenable_run = u32(row, 17);
  contact.moved = {u32(row, 18)};
  contact.moves = u32(row, 19);
  contact.least_generation = u32(row, 20);
  contact.keep_days = u32(row, 21);
  contact.heard = {u32(row, 22)};
  return contact;
}

template <class Value>
Result<std::optional<ContactRow>> find_one(Database& db, Sql sql, const Value& value) {
  Statement find = TRY(db.statement(sql));
  find.bind(value);
  if (!TRY(find.next())) return std::optional<ContactRow>();
  return std::optional<ContactRow>(TRY(read_contact(find)));
}

}  // namespace

Result<ContactId> insert_contact(Database& db, const ContactRow& contact) {
  TRY(db.run(
      "INSERT INTO contact(petname, identity, signing, standing, mailbox, routes, peer_card, "
      "verified, verified_day, "
      "charter, added_day, stream, next_sequence, streams, receipts, healing, unopenable_run, "
      "moved_day, moves, least_generation, keep_days, heard_day) VALUES(?1, ?2, ?3, ?4, ?5, ?6, "
      "?7, ?8, ?9, "
      "?10, ?11, "
      "?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)",
      contact.petname, contact.identity, contact.signing, static_cast<int>(contact.standing),
      column_of(contact.mailbox), encode_route_list(contact.routes), contact.peer_card,
      static_cast<int>(contact.verified), column_of(contact.verified_day), contact.charter,
      contact.added.value, contact.stream, contact.next_sequence, contact.inbox.streams.encode(),
      contact.inbox.receipts.encode(), contact.inbox.healing.encode(), contact.unopenable_run,
      contact.moved.value, contact.moves, contact.least_generation, contact.keep_days,
      contact.heard.value));
  return ContactId{db.last_row_id()};
}

Status update_contact(Database& db, const ContactRow& contact) {
  return db.run(
      "UPDATE contact SET petname = ?1, identity = ?2, signing = ?3, standing = ?4, mailbox = ?5, "
      "routes = ?6, "
      "peer_card = ?7, verified = ?8, verified_day = ?9, charter = ?10, added_day = ?11, stream = "
      "?12, "
      "next_sequence = ?13, streams = ?14, receipts = ?15, healing = ?16, unopenable_run = ?17, "
      "moved_day = ?18, moves = ?19, least_generation = ?20, keep_days = ?21, heard_day = ?22 "
      "WHERE id = ?23",
      contact.petname, contact.identity, contact.signing, static_cast<int>(contact.standing),
      column_of(contact.mailbox), encode_route_list(contact.routes), contact.peer_card,
      static_cast<int>(contact.verified), column_of(contact.verified_day), contact.charter,
      contact.added.value, contact.stream, contact.next_sequence, contact.inbox.streams.encode(),
      contact.inbox.receipts.encode(), contact.inbox.healing.encode(), contact.unopenable_run,
      contact.moved.value, contact.moves, contact.least_generation, contact.keep_days,
      contact.heard.value, contact.id.value);
}

Result<ContactRow> load_contact(Database& db, ContactId id) {
  std::optional<ContactRow> contact = TRY(find_one(db, kSelectById, id.value));
  if (!contact.has_value()) return fail(kNotFound, "contact");
  return std::move(*contact);
}

Result<std::optional<ContactRow>> find_contact_by_petname(Database& db, std::string_view petname) {
  return find_one(db, kSelectByPetname, petname);
}

Result<std::optional<ContactRow>> find_contact_by_identity(Database& db,
                                                           const IdentityPublic& identity) {
  return find_one(db, kSelectByIdentity, identity);
}

Status erase_contact(Database& db, ContactId id) {
  return db.run("DELETE FROM contact WHERE id = ?1", id.value);
}

Result<std::optional<ContactId>> contact_of_mailbox(Database& db, MailboxId mailbox) {
  Statement find =
      TRY(db.statement("SELECT contact FROM mailbox WHERE id = ?1 AND contact IS NOT NULL"));
  find.bind(mailbox.value);
  if (!TRY(find.next())) return std::optional<ContactId>();
  return std::optional<ContactId>(ContactId{find.integer(0)});
}

Result<std::vector<ContactRow>> all_contacts(Database& db) {
  Statement find = TRY(db.statement(kSelectAll));
  find.bind();
  std::vector<ContactRow> contacts;
  while (TRY(find.next())) contacts.push_back(TRY(read_contact(find)));
  return contacts;
}

Result<std::string> free_petname(Database& db, std::string_view wanted) {
  std::string name(wanted);
  for (int n = 2; TRY(find_contact_by_petname(db, name)).has_value(); ++n) {
    name = std::string(wanted) + " " + std::to_string(n);
  }
  return name;
}

Bytes encode_route_list(const std::vector<Route>& routes) {
  Writer writer;
  for (const Route& route : routes) write_route(writer, route);
  return std::move(writer).take();
}

Result<std::vector<Route>> decode_route_list(BytesView bytes) {
  Reader reader(bytes);
  std::vector<Route> routes;
  while (reader.ok() && !reader.rest().empty()) routes.push_back(TRY(read_route(reader)));
  TRY(reader.finish("routes of a contact"));
  return routes;
}

}  // namespace tocsin

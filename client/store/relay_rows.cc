#include "client/store/relay_rows.h"

#include "client/store/columns.h"

namespace tocsin {
namespace {

Result<RelayRow> read_relay(const Statement& row) {
  RelayRow relay;
  relay.id = {row.integer(0)};
  relay.address = TRY(parse_address(row.text(1)));
  relay.password = SecretBytes::copy_of(row.bytes(2));
  relay.common = row.integer(3) != 0;
  relay.leaving = optional_at<Day>(row, 4);
  return relay;
}

Result<OwnMailbox> read_mailbox(const Statement& row) {
  const auto read_id = TRY(row.fixed<ReadId>(3));
  const auto drop_id = TRY(row.fixed<DropId>(4));
  auto owner_secret = TRY(OwnerSecret::from(row.bytes(5)));
  return OwnMailbox{
      .id = {row.integer(0)},
      .relay = {row.integer(1)},
      .mailbox_class = static_cast<MailboxClass>(row.integer(2)),
      .read_id = read_id,
      .drop_id = drop_id,
      .owner_secret = std::move(owner_secret),
      .last_day = optional_at<Day>(row, 6),
      .active = {static_cast<std::uint32_t>(row.integer(7))},
      .contact = optional_at<ContactId>(row, 8),
  };
}

}  // namespace

OwnMailbox OwnMailbox::duplicate() const {
  return {id,       relay,  mailbox_class, read_id, drop_id, owner_secret.duplicate(),
          last_day, active, contact};
}

Result<RelayId> save_relay(Database& db, const RelayAddress& address, BytesView password,
                           RelayUse use) {
  const std::string text = print_address(address);
  TRY(
      db.run("INSERT INTO relay(address, password, common, leaving_day) VALUES(?1, ?2, 0, NULL) ON "
             "CONFLICT(address) DO UPDATE SET leaving_day = NULL",
             text, password));
  if (!password.empty())
    TRY(db.run("UPDATE relay SET password = ?2 WHERE address = ?1", text, password));
  if (use == RelayUse::kCommon) TRY(db.run("UPDATE relay SET common = 1 WHERE address = ?1", text));
  const std::optional<RelayRow> saved = TRY(find_relay(db, address));
  if (!saved.has_value()) return fail(kDatabaseFault, "relay row");
  return saved->id;
}

Status leave_relay(Database& db, RelayId id, Day today) {
  return db.run("UPDATE relay SET leaving_day = ?2, common = 0 WHERE id = ?1", id.value,
                today.value);
}

Status erase_relay(Database& db, RelayId id) {
  return db.run("DELETE FROM relay WHERE id = ?1", id.value);
}

Result<RelayRow> load_relay(Database& db, RelayId id) {
  Statement find = TRY(
      db.statement("SELECT id, address, password, common, leaving_day FROM relay WHERE id = ?1"));
  find.bind(id.value);
  if (!TRY(find.next())) return fail(kNotFound, "relay");
  return read_relay(find);
}

Result<std::optional<RelayRow>> find_relay(Database& db, const RelayAddress& address) {
  Statement find = TRY(db.statement(
      "SELECT id, address, password, common, leaving_day FROM relay WHERE address = ?1"));
  find.bind(print_address(address));
  if (!TRY(find.next())) return std::optional<RelayRow>();
  return std::optional<RelayRow>(TRY(read_relay(find)));
}

Result<std::vector<RelayRow>> all_relays(Database& db) {
  Statement find =
      TRY(db.statement("SELECT id, address, password, common, leaving_day FROM relay ORDER BY id"));
  find.bind();
  std::vector<RelayRow> relays;
  while (TRY(find.next())) relays.push_back(TRY(read_relay(find)));
  return relays;
}

Result<MailboxId> insert_mailbox(Database& db, const OwnMailbox& mailbox) {
  TRY(db.run(
      "INSERT INTO mailbox(relay, class, read_id, drop_id, owner_secret, last_day, active_hour, "
      "contact) VALUES(?1, ?2, ?3, ?4, ?5, NULL, ?6, ?7)",
      mailbox.relay.value, static_cast<int>(mailbox.mailbox_class), mailbox.read_id,
      mailbox.drop_id, mailbox.owner_secret.expose(kExpose), mailbox.active.value,
      column_of(mailbox.contact)));
  return MailboxId{db.last_row_id()};
}

Result<bool> knows_mailbox(Database& db, const ReadId& read_id) {
  Statement find = TRY(db.statement("SELECT 1 FROM mailbox WHERE read_id = ?1"));
  find.bind(read_id);
  return find.next();
}

Result<OwnMailbox> load_mailbox(Database& db, MailboxId id) {
  Statement find = TRY(db.statement(
      "SELECT id, relay, class, read_id, drop_id, owner_secret, last_day, active_hour, "
      "contact FROM mailbox WHERE id = ?1"));
  find.bind(id.value);
  if (!TRY(find.next())) return fail(kNotFound, "mailbox");
  return read_mailbox(find);
}

Result<std::vector<OwnMailbox>> all_mailboxes(Database& db) {
  Statement find = TRY(db.statement(
      "SELECT id, relay, class, read_id, drop_id, owner_secret, last_day, active_hour, "
      "contact FROM mailbox ORDER BY id"));
  find.bind();
  std::vector<OwnMailbox> mailboxes;
  while (TRY(find.next())) mailboxes.push_back(TRY(read_mailbox(find)));
  return mailboxes;
}

Status note_active(Database& db, MailboxId id, Hour hour) {
  return db.run("UPDATE mailbox SET active_hour = ?2 WHERE id = ?1 AND active_hour <> ?2", id.value,
                hour.value);
}

Status give_to_contact(Database& db, MailboxId id, ContactId contact) {
  return db.run("UPDATE mailbox SET contact = ?2 WHERE id = ?1", id.value, contact.value);
}

Status take_from_contact(Database& db, MailboxId id) {
  return db.run("UPDATE mailbox SET contact = NULL WHERE id = ?1", id.value);
}

Result<std::vector<OwnMailbox>> live_mailboxes_of(Database& db, ContactId contact) {
  Statement find = TRY(db.statement(
      "SELECT id, relay, class, read_id, drop_id, owner_secret, last_day, active_hour, contact "
      "FROM mailbox WHERE contact = ?1 AND last_day IS NULL ORDER BY id"));
  find.bind(contact.value);
  std::vector<OwnMailbox> mailboxes;
  while (TRY(find.next())) mailboxes.push_back(TRY(read_mailbox(find)));
  return mailboxes;
}

Result<std::vector<MailboxId>> mailboxes_for_contact(Database& db, ContactId contact) {
  Statement find =
      TRY(db.statement("SELECT id FROM mailbox WHERE contact = ?1 "
                       "UNION SELECT mailbox FROM session WHERE contact = ?1 "
                       "UNION SELECT mailbox FROM card WHERE contact = ?1"));
  find.bind(contact.value);
  std::vector<MailboxId> mailboxes;
  while (TRY(find.next())) mailboxes.push_back({find.integer(0)});
  return mailboxes;
}

Result<bool> is_mailbox_in_use(Database& db, MailboxId id) {
  Statement find =
      TRY(db.statement("SELECT 1 FROM mailbox WHERE id = ?1 AND contact IS NOT NULL "
                       "UNION ALL SELECT 1 FROM session WHERE mailbox = ?1 LIMIT 1"));
  find.bind(id.value);
  return find.next();
}

Status close_mailbox(Database& db, MailboxId id, Day last_day) {
  return db.run("UPDATE mailbox SET last_day = ?2 WHERE id = ?1", id.value, last_day.value);
}

Status erase_mailbox(Database& db, MailboxId id) {
  return db.run("DELETE FROM mailbox WHERE id = ?1", id.value);
}

}  // namespace tocsin

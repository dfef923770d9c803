#include "client/store/relay_rows.h"

#include "client/store/columns.h"

namespace tocsin {
namespace {

Result<RelayRow> read_relay(const Statement& row) {
  RelayRow relay;
  relay.id = {row.integer(0)};
  relay.address = TRY(parse_address(row.text(1)));
  relay.password = SecretBytes::copy_of(row.bytes(2));
  return relay;
}

Result<OwnMailbox> read_mailbox(const Statement& row) {
  return OwnMailbox{
      .id = {row.integer(0)},
      .relay = {row.integer(1)},
      .mailbox_class = static_cast<MailboxClass>(row.integer(2)),
      .read_id = TRY(row.fixed<ReadId>(3)),
      .drop_id = TRY(row.fixed<DropId>(4)),
      .owner_secret = TRY(OwnerSecret::from(row.bytes(5))),
      .last_day = optional_at<Day>(row, 6),
      .active = {static_cast<std::uint32_t>(row.integer(7))},
  };
}

}  // namespace

OwnMailbox OwnMailbox::duplicate() const {
  return {id, relay, mailbox_class, read_id, drop_id, owner_secret.duplicate(), last_day, active};
}

Result<RelayId> save_relay(Database& db, const RelayAddress& address, BytesView password) {
  const std::string text = print_address(address);
  TRY(db.run("INSERT INTO relay(address, password) VALUES(?1, ?2) ON CONFLICT(address) DO NOTHING",
             text, password));
  if (!password.empty())
    TRY(db.run("UPDATE relay SET password = ?2 WHERE address = ?1", text, password));
  const std::optional<RelayRow> saved = TRY(find_relay(db, address));
  if (!saved.has_value()) return fail(kDatabaseFault, "relay row");
  return saved->id;
}

Result<RelayRow> load_relay(Database& db, RelayId id) {
  Statement find = TRY(db.statement("SELECT id, address, password FROM relay WHERE id = ?1"));
  find.bind(id.value);
  if (!TRY(find.next())) return fail(kNotFound, "relay");
  return read_relay(find);
}

Result<std::optional<RelayRow>> find_relay(Database& db, const RelayAddress& address) {
  Statement find = TRY(db.statement("SELECT id, address, password FROM relay WHERE address = ?1"));
  find.bind(print_address(address));
  if (!TRY(find.next())) return std::optional<RelayRow>();
  return std::optional<RelayRow>(TRY(read_relay(find)));
}

Result<std::vector<RelayRow>> all_relays(Database& db) {
  Statement find = TRY(db.statement("SELECT id, address, password FROM relay ORDER BY id"));
  find.bind();
  std::vector<RelayRow> relays;
  while (TRY(find.next())) relays.push_back(TRY(read_relay(find)));
  return relays;
}

Result<MailboxId> insert_mailbox(Database& db, const OwnMailbox& mailbox) {
  TRY(db.run(
      "INSERT INTO mailbox(relay, class, read_id, drop_id, owner_secret, last_day, active_hour) "
      "VALUES(?1, ?2, ?3, ?4, ?5, NULL, ?6)",
      mailbox.relay.value, static_cast<int>(mailbox.mailbox_class), mailbox.read_id,
      mailbox.drop_id, mailbox.owner_secret.expose(kExpose), mailbox.active.value));
  return MailboxId{db.last_row_id()};
}

Result<bool> knows_mailbox(Database& db, const ReadId& read_id) {
  Statement find = TRY(db.statement("SELECT 1 FROM mailbox WHERE read_id = ?1"));
  find.bind(read_id);
  return find.next();
}

Result<OwnMailbox> load_mailbox(Database& db, MailboxId id) {
  Statement find = TRY(db.statement(
      "SELECT id, relay, class, read_id, drop_id, owner_secret, last_day, active_hour FROM "
      "mailbox WHERE id = ?1"));
  find.bind(id.value);
  if (!TRY(find.next())) return fail(kNotFound, "mailbox");
  return read_mailbox(find);
}

Result<std::vector<OwnMailbox>> all_mailboxes(Database& db) {
  Statement find = TRY(db.statement(
      "SELECT id, relay, class, read_id, drop_id, owner_secret, last_day, active_hour FROM "
      "mailbox ORDER BY id"));
  find.bind();
  std::vector<OwnMailbox> mailboxes;
  while (TRY(find.next())) mailboxes.push_back(TRY(read_mailbox(find)));
  return mailboxes;
}

Status note_active(Database& db, MailboxId id, Hour hour) {
  return db.run("UPDATE mailbox SET active_hour = ?2 WHERE id = ?1 AND active_hour <> ?2", id.value,
                hour.value);
}

Result<std::vector<MailboxId>> mailboxes_for_contact(Database& db, ContactId contact) {
  Statement find =
      TRY(db.statement("SELECT mailbox FROM contact WHERE id = ?1 AND mailbox IS NOT NULL "
                       "UNION SELECT mailbox FROM session WHERE contact = ?1 "
                       "UNION SELECT mailbox FROM card WHERE contact = ?1"));
  find.bind(contact.value);
  std::vector<MailboxId> mailboxes;
  while (TRY(find.next())) mailboxes.push_back({find.integer(0)});
  return mailboxes;
}

Result<bool> is_mailbox_in_use(Database& db, MailboxId id) {
  Statement find =
      TRY(db.statement("SELECT 1 FROM contact WHERE mailbox = ?1 "
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

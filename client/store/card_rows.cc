#include "client/store/card_rows.h"

#include "client/store/columns.h"

namespace tocsin {
namespace {

constexpr Sql kSelectByMailbox =
    "SELECT number, kind, mailbox, contact, petname, bytes, prekey_secret, kem_secret, "
    "link_secret, writer_secret, "
    "published, used_day, secrets_until FROM card WHERE mailbox = ?1 OR (kind = 3 AND contact = "
    "(SELECT contact FROM mailbox WHERE id = ?1)) ORDER BY number DESC";
constexpr Sql kSelectAll =
    "SELECT number, kind, mailbox, contact, petname, bytes, prekey_secret, kem_secret, "
    "link_secret, writer_secret, "
    "published, used_day, secrets_until FROM card ORDER BY number";

template <class SecretValue>
Result<std::optional<SecretValue>> read_secret(const Statement& row, int column) {
  const BytesView bytes = row.bytes(column);
  if (bytes.empty()) return std::optional<SecretValue>();
  return std::optional<SecretValue>(TRY(SecretValue::from(bytes)));
}

template <class SecretValue>
BytesView secret_column(const std::optional<SecretValue>& secret) {
  return secret.has_value() ? secret->expose(kExpose) : BytesView();
}

Result<OwnCard> read_card(const Statement& row) {
  OwnCard card;
  card.number = static_cast<std::uint32_t>(row.integer(0));
  card.kind = static_cast<CardKind>(row.integer(1));
  card.mailbox = {row.integer(2)};
  card.contact = optional_at<ContactId>(row, 3);
  card.petname = std::string(row.text(4));
  card.bytes = to_bytes(row.bytes(5));
  std::optional<PrekeySecret> prekey = TRY(read_secret<PrekeySecret>(row, 6));
  std::optional<KemSecret> kem = TRY(read_secret<KemSecret>(row, 7));
  if (prekey.has_value() && kem.has_value())
    card.secrets = CardSecrets{std::move(*prekey), std::move(*kem)};
  card.link_secret = TRY(read_secret<InvitationSecret>(row, 8));
  card.writer_secret = TRY(read_secret<WriterSecret>(row, 9));
  card.published = row.integer(10) != 0;
  card.used = optional_at<Day>(row, 11);
  card.secrets_until = {static_cast<std::uint32_t>(row.integer(12))};
  return card;
}

Result<std::vector<OwnCard>> read_all(Statement& find) {
  std::vector<OwnCard> cards;
  while (TRY(find.next())) cards.push_back(TRY(read_card(find)));
  return cards;
}

}  // namespace

Status insert_card(Database& db, const OwnCard& card) {
  return db.run(
      "INSERT INTO card(number, kind, mailbox, contact, petname, bytes, prekey_secret, kem_secret, "
      "link_secret, "
      "writer_secret, published, used_day, secrets_until) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, "
      "?9, ?10, ?11, NULL, ?12)",
      card.number, static_cast<int>(card.kind), card.mailbox.value, column_of(card.contact),
      card.petname, card.bytes,
      card.secrets.has_value() ? card.secrets->prekey.expose(kExpose) : BytesView(),
      card.secrets.has_value() ? card.secrets->kem.expose(kExpose) : BytesView(),
      secret_column(card.link_secret), secret_column(card.writer_secret), card.published ? 1 : 0,
      card.secrets_until.value);
}

Result<std::vector<OwnCard>> cards_of_mailbox(Database& db, MailboxId mailbox) {
  Statement find = TRY(db.statement(kSelectByMailbox));
  find.bind(mailbox.value);
  return read_all(find);
}

Result<std::vector<OwnCard>> all_cards(Database& db) {
  Statement find = TRY(db.statement(kSelectAll));
  find.bind();
  return read_all(find);
}

Status release_published_cards(Database& db, ContactId contact) {
  return db.run(
      "UPDATE card SET contact = NULL, petname = '' "
      "WHERE contact = ?1 AND published = 1 AND length(writer_secret) > 0",
      contact.value);
}

Status mark_card_published(Database& db, std::uint32_t number) {
  return db.run("UPDATE card SET published = 1 WHERE number = ?1", number);
}

Status mark_board_deleted(Database& db, std::uint32_t number) {
  return db.run("UPDATE card SET published = 0, writer_secret = x'' WHERE number = ?1", number);
}

Status erase_cards_of_mailbox(Database& db, MailboxId mailbox) {
  return db.run("DELETE FROM card WHERE mailbox = ?1", mailbox.value);
}

Status mark_card_used(Database& db, std::uint32_t number, ContactId by, Day day) {
  return db.run(
      "UPDATE card SET used_day = ?3, contact = ?2, prekey_secret = x'', kem_secret = x'' WHERE "
      "number = ?1",
      number, by.value, day.value);
}

Status note_card_used(Database& db, std::uint32_t number, Day day) {
  return db.run("UPDATE card SET used_day = ?2 WHERE number = ?1", number, day.value);
}

Status set_card_secrets_until(Database& db, std::uint32_t number, Day day) {
  return db.run("UPDATE card SET secrets_until = ?2 WHERE number = ?1", number, day.value);
}

Status erase_contact_cards(Database& db, ContactId contact) {
  return db.run("DELETE FROM card WHERE kind = ?1 AND contact = ?2",
                static_cast<int>(CardKind::kContact), contact.value);
}

Status void_cards(Database& db, Day today) {
  TRY(db.run("DELETE FROM card WHERE kind = ?1", static_cast<int>(CardKind::kContact)));
  return db.run(
      "UPDATE card SET prekey_secret = x'', kem_secret = x'', used_day = ifnull(used_day, ?1)",
      today.value);
}

Status wipe_old_card_secrets(Database& db, Day today) {
  return db.run(
      "UPDATE card SET prekey_secret = x'', kem_secret = x'' WHERE secrets_until < ?1 AND "
      "prekey_secret != x''",
      today.value);
}

}  // namespace tocsin

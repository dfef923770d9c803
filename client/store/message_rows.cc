#include "client/store/message_rows.h"

#include "client/store/columns.h"

namespace tocsin {
namespace {

Bytes target_column(const Route& route) {
  Writer writer;
  write_route(writer, route);
  return std::move(writer).take();
}

Result<SentRow> read_sent(const Statement& row) {
  return SentRow{
      .id = TRY(row.fixed<MessageId>(0)),
      .contact = {row.integer(1)},
      .kind = static_cast<ContentKind>(row.integer(2)),
      .body = SecretBytes::copy_of(row.bytes(3)),
      .at = {row.integer(4)},
      .progress = static_cast<Progress>(row.integer(5)),
      .undelivered = row.integer(6) != 0,
  };
}

}  // namespace

Status insert_outgoing(Database& db, const OutgoingRow& message, const OutboxRow& row) {
  return db.run(
      "INSERT INTO outgoing(message, contact, kind, stream, sequence, sent_minute, body, row) "
      "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
      message.id, message.contact.value, static_cast<int>(message.kind), message.prefix.stream,
      message.prefix.sequence, message.prefix.sent_minute, message.body.expose(kExpose),
      encode_outbox_row(row));
}

Result<OutgoingRow> load_outgoing(Database& db, const MessageId& id) {
  Statement find =
      TRY(db.statement("SELECT contact, kind, stream, sequence, sent_minute, body FROM outgoing "
                       "WHERE message = ?1"));
  find.bind(id);
  if (!TRY(find.next())) return fail(kNotFound, "outgoing message");
  return OutgoingRow{
      .contact = {find.integer(0)},
      .kind = static_cast<ContentKind>(find.integer(1)),
      .id = id,
      .prefix = {static_cast<std::uint32_t>(find.integer(2)),
                 static_cast<std::uint32_t>(find.integer(3)),
                 static_cast<std::uint32_t>(find.integer(4))},
      .body = SecretBytes::copy_of(find.bytes(5)),
  };
}

Status save_outbox_row(Database& db, const OutboxRow& row) {
  return db.run("UPDATE outgoing SET row = ?2 WHERE message = ?1", row.id, encode_outbox_row(row));
}

Status erase_outgoing(Database& db, const MessageId& id) {
  return db.run("DELETE FROM outgoing WHERE message = ?1", id);
}

Result<std::int64_t> give_up_outgoing(Database& db, std::optional<ContactId> contact) {
  TRY(
      db.run("UPDATE sent SET undelivered = 1 WHERE progress < ?1 AND message IN (SELECT message "
             "FROM outgoing WHERE ?2 IS NULL OR contact = ?2)",
             static_cast<int>(Progress::kDelivered), column_of(contact)));
  const std::int64_t given_up = db.changes();
  TRY(db.run("DELETE FROM outgoing WHERE ?1 IS NULL OR contact = ?1", column_of(contact)));
  return given_up;
}

Result<std::vector<OutboxRow>> all_outbox_rows(Database& db) {
  Statement find = TRY(db.statement("SELECT row FROM outgoing"));
  find.bind();
  std::vector<OutboxRow> rows;
  while (TRY(find.next())) rows.push_back(TRY(decode_outbox_row(find.bytes(0))));
  return rows;
}

Status insert_copy(Database& db, const StoredCopy& copy) {
  return db.run(
      "INSERT INTO copy(message, sealing, fragment, route, target, envelope) VALUES(?1, ?2, ?3, "
      "?4, ?5, ?6)",
      copy.key.message, copy.key.sealing, copy.key.fragment, copy.key.route,
      target_column(copy.target), copy.envelope);
}

Result<StoredCopy> load_copy(Database& db, const CopyKey& key) {
  Statement find =
      TRY(db.statement("SELECT target, envelope FROM copy WHERE message = ?1 AND sealing = ?2 AND "
                       "fragment = ?3 AND route = ?4"));
  find.bind(key.message, key.sealing, key.fragment, key.route);
  if (!TRY(find.next())) return fail(kNotFound, "sealed copy");
  Reader reader(find.bytes(0));
  auto target = TRY(read_route(reader));
  const auto envelope = TRY(find.fixed<Envelope>(1));
  StoredCopy copy{.key = key, .target = std::move(target), .envelope = envelope};
  TRY(reader.finish("route of a copy"));
  return copy;
}

Status erase_copies(Database& db, const MessageId& id) {
  return db.run("DELETE FROM copy WHERE message = ?1", id);
}

Status insert_sent(Database& db, const SentRow& row) {
  return db.run(
      "INSERT INTO sent(message, contact, kind, body, at, progress, undelivered) VALUES(?1, ?2, "
      "?3, ?4, ?5, ?6, ?7)",
      row.id, row.contact.value, static_cast<int>(row.kind), row.body.expose(kExpose),
      row.at.milliseconds, static_cast<int>(row.progress), row.undelivered ? 1 : 0);
}

Status save_sent_progress(Database& db, const OutboxRow& row, bool undelivered) {
  return db.run("UPDATE sent SET progress = max(progress, ?2), undelivered = ?3 WHERE message = ?1",
                row.id, static_cast<int>(row.progress), undelivered ? 1 : 0);
}

Result<std::vector<SentRow>> sent_to(Database& db, ContactId contact) {
  Statement find =
      TRY(db.statement("SELECT message, contact, kind, body, at, progress, undelivered FROM sent "
                       "WHERE contact = ?1 ORDER BY at"));
  find.bind(contact.value);
  std::vector<SentRow> rows;
  while (TRY(find.next())) rows.push_back(TRY(read_sent(find)));
  return rows;
}

Result<std::optional<SentRow>> find_sent(Database& db, const MessageId& id) {
  Statement find =
      TRY(db.statement("SELECT message, contact, kind, body, at, progress, undelivered FROM sent "
                       "WHERE message = ?1"));
  find.bind(id);
  if (!TRY(find.next())) return std::optional<SentRow>();
  return std::optional<SentRow>(TRY(read_sent(find)));
}

Status insert_incoming(Database& db, const IncomingRow& row) {
  return db.run(
      "INSERT INTO incoming(contact, message, kind, body, sent_minute, received, place, read) "
      "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING",
      row.contact.value, row.message, static_cast<int>(row.kind), row.body.expose(kExpose),
      row.sent_minute, row.received.milliseconds, static_cast<std::int64_t>(row.place.value),
      row.read ? 1 : 0);
}

Result<std::vector<IncomingRow>> incoming_texts(Database& db, std::optional<ContactId> contact,
                                                Which which) {
  Statement find = TRY(db.statement(
      "SELECT id, contact, message, kind, body, sent_minute, received, place, read FROM incoming "
      "WHERE (?1 IS NULL OR contact = ?1) AND (?2 OR read = 0) ORDER BY contact, place, id"));
  find.bind(contact.has_value() ? std::optional(contact->value) : std::nullopt,
            which == Which::kAll ? 1 : 0);
  std::vector<IncomingRow> rows;
  while (TRY(find.next())) {
    const auto message = TRY(find.fixed<MessageId>(2));
    rows.push_back(IncomingRow{
        .id = find.integer(0),
        .contact = {find.integer(1)},
        .message = message,
        .kind = static_cast<ContentKind>(find.integer(3)),
        .body = SecretBytes::copy_of(find.bytes(4)),
        .sent_minute = static_cast<std::uint32_t>(find.integer(5)),
        .received = {find.integer(6)},
        .place = {static_cast<std::uint64_t>(find.integer(7))},
        .read = find.integer(8) != 0,
    });
  }
  return rows;
}

Result<std::size_t> count_unread_texts(Database& db) {
  Statement find = TRY(db.statement("SELECT count(*) FROM incoming WHERE read = 0"));
  find.bind();
  if (!TRY(find.next())) return fail(kDatabaseFault, "count");
  return static_cast<std::size_t>(find.integer(0));
}

Status erase_said_before(Database& db, ContactId contact, Instant moment) {
  TRY(db.run("DELETE FROM incoming WHERE contact = ?1 AND read = 1 AND received < ?2",
             contact.value, moment.milliseconds));
  return db.run("DELETE FROM sent WHERE contact = ?1 AND kind = ?3 AND at < ?2", contact.value,
                moment.milliseconds, static_cast<int>(ContentKind::kText));
}

Result<std::optional<TextRead>> mark_read(Database& db, std::int64_t id) {
  Statement find =
      TRY(db.statement("SELECT contact, message FROM incoming WHERE id = ?1 AND read = 0"));
  find.bind(id);
  if (!TRY(find.next())) return std::optional<TextRead>();
  const auto message = TRY(find.fixed<MessageId>(1));
  const TextRead text{{find.integer(0)}, message};
  TRY(db.run("UPDATE incoming SET read = 1 WHERE id = ?1", id));
  return std::optional(text);
}

Result<bool> is_seen(Database& db, ContactId contact, const MessageId& message) {
  Statement find = TRY(db.statement("SELECT 1 FROM seen WHERE contact = ?1 AND message = ?2"));
  find.bind(contact.value, message);
  return find.next();
}

Status save_seen(Database& db, ContactId contact, const MessageId& message, Day day) {
  return db.run("INSERT INTO seen(contact, message, day) VALUES(?1, ?2, ?3) ON CONFLICT DO NOTHING",
                contact.value, message, day.value);
}

Status forget_seen(Database& db, Day kept_from) {
  return db.run("DELETE FROM seen WHERE day < ?1", kept_from.value);
}

Status insert_fragment(Database& db, const FragmentRow& row) {
  const ContentView content = TRY(decode_content(row.content.expose(kExpose)));
  return db.run("INSERT INTO fragment(contact, message, day, content) VALUES(?1, ?2, ?3, ?4)",
                row.contact.value, content.header.message, row.day.value,
                row.content.expose(kExpose));
}

Status erase_fragments(Database& db, const OpenMessage& message) {
  return db.run("DELETE FROM fragment WHERE contact = ?1 AND message = ?2", message.contact.value,
                message.id);
}

Result<std::vector<FragmentRow>> all_fragments(Database& db) {
  Statement find = TRY(db.statement("SELECT contact, day, content FROM fragment ORDER BY id"));
  find.bind();
  std::vector<FragmentRow> rows;
  while (TRY(find.next())) {
    rows.push_back({{find.integer(0)},
                    {static_cast<std::uint32_t>(find.integer(1))},
                    SecretBytes::copy_of(find.bytes(2))});
  }
  return rows;
}

}  // namespace tocsin

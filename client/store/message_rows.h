// client/store/message_rows.h: messages out and in, and the sealed bytes on their way.
//
// Secrets: bodies
// Errors:  not_found, constraint, damaged, those of crypto/db
// Threads: as the database
#pragma once

#include <optional>
#include <vector>

#include "client/store/contact_rows.h"
#include "crypto/ratchet/envelope.h"
#include "protocol/delivery/outbox.h"

namespace tocsin {

struct OutgoingRow {
  ContactId contact;
  ContentKind kind = ContentKind::kText;
  MessageId id;
  MessagePrefix prefix;
  SecretBytes body;
};
Status insert_outgoing(Database& db, const OutgoingRow& message, const OutboxRow& row);
Result<OutgoingRow> load_outgoing(Database& db, const MessageId& id);
Status save_outbox_row(Database& db, const OutboxRow& row);
Status erase_outgoing(Database& db, const MessageId& id);
// What was about to be sent, to a contact or to anybody: what they have no receipt for is marked as
// not delivered. How many texts and alerts that is.
Result<std::int64_t> give_up_outgoing(Database& db, std::optional<ContactId> contact);
Result<std::vector<OutboxRow>> all_outbox_rows(Database& db);

struct StoredCopy {
  CopyKey key;
  Route target;
  Envelope envelope;
};
Status insert_copy(Database& db, const StoredCopy& copy);
Result<StoredCopy> load_copy(Database& db, const CopyKey& key);
Status erase_copies(Database& db, const MessageId& id);

// What we wrote, as its sender is shown it.
struct SentRow {
  MessageId id;
  ContactId contact;
  ContentKind kind = ContentKind::kText;
  SecretBytes body;
  Instant at;
  Progress progress = Progress::kQueued;
  bool undelivered = false;
};
Status insert_sent(Database& db, const SentRow& row);
Status save_sent_progress(Database& db, const OutboxRow& row, bool undelivered);
Result<std::vector<SentRow>> sent_to(Database& db, ContactId contact);
Result<std::optional<SentRow>> find_sent(Database& db, const MessageId& id);

struct IncomingRow {
  std::int64_t id = 0;
  ContactId contact;
  MessageId message;
  ContentKind kind = ContentKind::kText;
  SecretBytes body;
  std::uint32_t sent_minute = 0;
  Instant received;
  OrderKey place;
  bool read = false;
};
// A message of this contact with this id that is there already stays: its sender chose to repeat an
// id that was forgotten meanwhile.
Status insert_incoming(Database& db, const IncomingRow& row);
// Texts in the order of their contacts and places; unread ones only, or all.
enum class Which : std::uint8_t { kUnread, kAll };
Result<std::vector<IncomingRow>> incoming_texts(Database& db, std::optional<ContactId> contact,
                                                Which which);
Result<std::size_t> count_unread_texts(Database& db);
// Marks a text read that was not; what it was, for its receipt, else nothing.
struct TextRead {
  ContactId contact;
  MessageId message;
};
// What was read and what was written before that moment: the person does not want to keep it.
Status erase_said_before(Database& db, ContactId contact, Instant moment);
Result<std::optional<TextRead>> mark_read(Database& db, std::int64_t id);

Result<bool> is_seen(Database& db, ContactId contact, const MessageId& message);
Status save_seen(Database& db, ContactId contact, const MessageId& message, Day day);
Status forget_seen(Database& db, Day kept_from);

Status insert_fragment(Database& db, const FragmentRow& row);
Status erase_fragments(Database& db, const OpenMessage& message);
Result<std::vector<FragmentRow>> all_fragments(Database& db);

}  // namespace tocsin

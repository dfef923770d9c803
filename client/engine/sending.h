// client/engine/sending.h: from words to sealed copies at a relay.
//
// Spec:    protocol/spec/delivery.md, session.md
// Errors:  too_large, those of the outbox and of crypto/db
// Threads: the engine's
#pragma once

#include <optional>

#include "client/engine/engine.h"

namespace tocsin {

struct MessageOrder {
  ContentKind kind;
  BytesView body;
  std::optional<Instant> end = std::nullopt;  // after it nothing is tried any more
};

// Queues a message inside the caller's transaction; the contact's row is changed and saved.
Result<MessageId> queue_message(Engine& engine, ContactRow& contact, const MessageOrder& order);
// The same in a transaction of its own.
Result<MessageId> send_message(Engine& engine, ContactId contact, const MessageOrder& order);

// Every session with this contact stopped with an alarm, and none has taken their place: nothing
// leaves until the person has spoken to them and begun anew (session.md SES-11.2).
// Whether contacts are told that their messages came and were read: the person's choice (DLV-7.1).
Result<ReceiptPolicy> receipt_policy(Engine& engine);

Result<bool> is_stopped(Engine& engine, ContactId contact);

// What one round of the outbox did.
struct SendRound {
  std::size_t sealed = 0;
  std::size_t deposited = 0;
};
// Seals what is due, deposits what is sealed, records the answers, also late ones to earlier
// rounds. Blocks as RelayPort::deposit does.
Result<SendRound> send_due(Engine& engine);

}  // namespace tocsin

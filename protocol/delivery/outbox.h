// protocol/delivery/outbox.h: what to seal, deposit, retry and give up, and when.
//
// Spec:    protocol/spec/delivery.md DLV-3, DLV-4, DLV-5
// Shape:   in   rows at start; then events: queued, sealed, answers, receipts, new sessions
//          out  decisions when due(), rows that changed
// Errors:  out_of_range (an event for a message or copy that is not there, a duplicate id),
//          too_large (outbox full, or full of one contact's)
// Threads: one object, one thread
// Cost:    due() walks the rows once
#pragma once

#include <map>
#include <variant>

#include "crypto/base/rng.h"
#include "protocol/delivery/outbox_row.h"
#include "protocol/session/bodies.h"

namespace tocsin {

struct CopyKey {
  MessageId message;
  std::uint16_t sealing = 0;  // 1, 2, 3 …
  std::uint8_t fragment = 0;
  std::uint8_t route = 0;
  friend auto operator<=>(const CopyKey&, const CopyKey&) = default;
};

// Decisions.
struct SealMessage {  // split, seal for every route, commit together with the row of on_sealed and
                      // in place of earlier sealings' envelopes; or on_seal_failed
  MessageId message;
  SealCause cause;
};
struct DepositCopy {  // hand the stored bytes to the relay; then on_answer
  CopyKey copy;
};
struct AdviseCall {  // 48 hours without a receipt: tell the responder to phone
  MessageId message;
};
struct GiveUp {  // past its deadline without a receipt: undelivered
  MessageId message;
};
struct EraseCopies {  // its sealed envelopes are not needed any more
  MessageId message;
};
struct ForgetMessage {  // the row is gone, erase its envelopes: nothing more will come of it
  MessageId message;
};
using OutboxDecision =
    std::variant<SealMessage, DepositCopy, AdviseCall, GiveUp, EraseCopies, ForgetMessage>;

// What a relay answered to one deposit; the engine maps wire replies and lost connections to it.
enum class DepositAnswer : std::uint8_t {
  kOk,
  kFull,        // the mailbox
  kBusy,        // the relay
  kRefused,     // the capability is dead, or the access proof was not good enough
  kImpossible,  // malformed, too large, unsupported: our own bug, never retried there
  kNoAnswer,    // connection lost, relay unreachable, answer late
};

struct NewMessage {
  MessageId id;
  ContactId contact;
  ContentKind kind = ContentKind::kText;
  Opening opening = Opening::kOrdinary;
  std::optional<Instant> end;  // an alert's end, a card's last day; default kMessageDays
};

struct SealingDone {
  SessionId session;
  std::uint8_t fragments = 1;
  std::uint8_t routes = 1;
};

// Rows to write and erase in the caller's transaction; if that fails, restore() from the rows.
struct OutboxChanges {
  std::vector<MessageId> written;
  std::vector<MessageId> erased;
};

class Outbox {
 public:
  Outbox() = default;
  // After a start: what was in flight waits again, to be sent with the same bytes.
  static Result<Outbox> restore(std::vector<OutboxRow> rows);

  Status enqueue(const NewMessage& message, Instant now);

  // Everything to do now, most urgent first; deposits it names are in flight from here on. Ask
  // after every event.
  std::vector<OutboxDecision> due(Instant now, Rng& rng);

  Status on_sealed(const MessageId& message, const SealingDone& sealing, Instant now);
  Status on_seal_failed(const MessageId& message, Instant now, Rng& rng);
  Status on_answer(const CopyKey& copy, DepositAnswer answer, Instant now, Rng& rng);

  // From the contact the message was sent to, or without effect (then false). Show progress from
  // the caller's own history: a settled row is soon forgotten here.
  bool on_receipt(ContactId from, const Receipt& receipt);
  bool on_acknowledged(ContactId from, const MessageId& message);
  // A session that can send has begun: what found none waits no longer.
  void on_session_begun(ContactId contact, Instant now);
  void on_session_replaced(ContactId contact, const SessionId& session, Instant now);
  // Something on a session with this contact was opened: first contacts have done their work.
  void on_session_opened(ContactId contact);
  // Where they are reached has changed. When one of the old routes is gone, what lies there may
  // never be fetched: a relay that died is a reason to change.
  enum class RoutesChange : std::uint8_t { kOnlyAdded, kOneIsGone };
  void on_routes_changed(ContactId contact, RoutesChange change, Instant now);

  const OutboxRow* find(const MessageId& message) const;
  std::size_t size() const { return rows_.size(); }
  std::size_t in_flight() const;
  // Receipts and empty messages to this contact that are still on their way to a relay.
  std::size_t waiting_ticks(ContactId contact) const;
  OutboxChanges take_changes();

 private:
  std::map<MessageId, OutboxRow> rows_;
  std::map<MessageId, bool> changes_;  // true: written, false: erased
};

// What the sender is shown beside Progress.
enum class Attention : std::uint8_t {
  kNone,
  kUnreachable,  // every mailbox known refuses
  kUndelivered,  // kOutboxDays without a receipt, or past its end
};
Attention attention_of(const OutboxRow& row, Instant now);

}  // namespace tocsin

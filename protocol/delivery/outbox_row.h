// protocol/delivery/outbox_row.h: one message on its way: what a vault keeps of it.
//
// Spec:    protocol/spec/delivery.md DLV-2
// Shape:   OutboxRow ⇄ bytes for the vault; the sealed envelopes themselves are the caller's rows,
//          keyed by CopyKey, and are erased on EraseCopies
// Errors:  malformed (a stored row)
// Threads: values only
#pragma once

#include <optional>
#include <vector>

#include "crypto/base/time.h"
#include "protocol/delivery/limits.h"
#include "protocol/session/content.h"

namespace tocsin {

// How far a message got, as its sender is shown it. Never goes down.
enum class Progress : std::uint8_t {
  kQueued = 0,
  kSealed = 1,        // committed, not all deposited
  kAtRelay = 2,       // every fragment lies at one relay at least
  kDelivered = 3,     // receipt: on the device
  kRead = 4,          // receipt: read
  kAcknowledged = 5,  // the person answered
};

enum class CopyState : std::uint8_t {
  kWaiting = 0,
  kSent = 1,  // in flight: no answer yet
  kDeposited = 2,
  kRefused = 3,  // this mailbox takes nothing from us any more
};

struct CopyRow {
  std::uint8_t fragment = 0;
  std::uint8_t route = 0;  // place in the list of routes this sealing was made for
  CopyState state = CopyState::kWaiting;
  std::uint16_t attempts = 0;
  Instant next_try;
  friend bool operator==(const CopyRow&, const CopyRow&) = default;
};

// A first contact goes before everything else of its contact, and is never sealed anew.
enum class Opening : std::uint8_t { kOrdinary = 0, kFirstContact = 1 };

enum class SealCause : std::uint8_t {
  kNone = 0,
  kFirst = 1,
  kOldSealing = 2,       // after kOutboxDays without a receipt
  kSessionReplaced = 3,  // the peer cannot open the old one any more
  kRoutesChanged = 4,    // a mailbox refused, and another one is known now
};

struct OutboxRow {
  MessageId id;
  ContactId contact;
  ContentKind kind = ContentKind::kText;
  Opening opening = Opening::kOrdinary;
  Instant queued;
  Instant deadline;  // after it nothing is tried any more
  Progress progress = Progress::kQueued;
  bool given_up = false;
  bool call_advised = false;
  SealCause seal_due = SealCause::kFirst;
  std::uint16_t seal_attempts = 0;
  Instant next_seal;
  std::uint16_t sealings = 0;
  SessionId session;  // of the last sealing
  Instant sealed;
  bool deposited_again = false;
  std::vector<CopyRow> copies;  // empty once there is nothing left to deposit
  friend bool operator==(const OutboxRow&, const OutboxRow&) = default;
};

Bytes encode_outbox_row(const OutboxRow& row);
Result<OutboxRow> decode_outbox_row(BytesView bytes);

}  // namespace tocsin

// client/engine/session_opening.h: a first contact out: of a new contact, or of a known one whose
// session must not be used any more.
//
// Spec:    protocol/spec/first-contact.md (I3 … I6), session.md (reaction to an alarm)
// Errors:  not_ready (they never sent us a card to write to), bad_card, those of crypto/db
// Threads: the engine's
#pragma once

#include "client/engine/engine.h"
#include "protocol/pairing/check_card.h"
#include "protocol/pairing/link.h"

namespace tocsin {

struct SessionOpening {
  ContactId contact;
  const CheckedCard& card;
  Psk psk;
  const RelayRow& relay;  // of the mailbox they answer to
  const OwnMailbox& reply;
};
// Session and first contact in the outbox, inside the caller's transaction.
Status open_session(Engine& engine, const SessionOpening& opening);

// A new session to a known contact under the contact card they sent, and none of the old ones sends
// any more; inside the caller's transaction. not_ready: there is no such card.
Status begin_session(Engine& engine, const ContactRow& contact);

// The same in a transaction of its own; asked for by the person, never made silently. Undelivered
// messages are sealed anew once it is answered.
Status reset_session(Engine& engine, ContactId contact);

}  // namespace tocsin

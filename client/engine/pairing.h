// client/engine/pairing.h: invitations out and accepted; our mailboxes and contact cards.
//
// Spec:    protocol/spec/pairing.md, first-contact.md
// Errors:  no_relay, relay_refused, bad_link, bad_card (detail = CardReason), already_known,
//          used_or_withdrawn
// Threads: the engine's
#pragma once

#include <string>

#include "client/engine/engine.h"
#include "protocol/pairing/check_card.h"
#include "protocol/pairing/link.h"

namespace tocsin {

struct InvitationOrder {
  std::string petname;  // how the invited person will be called here
  std::uint32_t days = 14;
  RelayId relay;
  enum class RelayPassword : std::uint8_t {
    kKeptBack,
    kIncluded
  } relay_password = RelayPassword::kKeptBack;
};
// Makes mailbox, card and board, and returns the link. When a step fails, nobody gets the link, and
// what was made before stays: the mailbox, here and at the relay, and the card's row. After the
// card's last day upkeep closes the mailbox (close_expired_invitations) and later erases both; only
// a mailbox whose card could not be written stays.
Result<std::string> invite(Engine& engine, const InvitationOrder& order);

// What happened to a card we were shown; `refusal` says why in a form that can be put into words.
struct AcceptFailure {
  Error error;
  std::optional<CardRefusal> refusal;
};
struct AcceptOrder {
  const Link& link;
  std::string petname;
  std::optional<Day> relay_day;  // a hint for refusals
  bool again = false;            // also with a known contact whose sessions are there
};
// Fetches the card, checks it, makes a mailbox of our own and leaves the first contact in the
// outbox.
std::expected<ContactId, AcceptFailure> accept(Engine& engine, const AcceptOrder& order);

// A fresh mailbox of ours; the row is written in its own transaction.
Result<MailboxId> make_mailbox(Engine& engine, const RelayRow& relay, MailboxClass mailbox_class);

// Our contact card for a contact who has no current one from us: issued, stored, queued in the
// session. The routes are where it tells them to write, the first one that of contact.mailbox.
Status issue_contact_card(Engine& engine, ContactRow& contact, const std::vector<Route>& routes);

}  // namespace tocsin

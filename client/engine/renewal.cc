#include "client/engine/renewal.h"

#include "client/engine/faults.h"
#include "client/engine/pairing.h"
#include "client/engine/reachability.h"
#include "client/engine/session_opening.h"
#include "client/store/card_rows.h"
#include "protocol/pairing/lifetime.h"

namespace tocsin {
namespace {

// Cards made before were in reach of the spyware: whoever holds their secrets reads first contacts
// made under them. They go when a message under way can no longer need them.
Status retire_cards(Engine& engine, ContactId contact) {
  for (const OwnCard& card : TRY(all_cards(engine.db()))) {
    if (card.kind != CardKind::kContact || card.contact != contact) continue;
    TRY(note_card_used(engine.db(), card.number, engine.today()));
    TRY(set_card_secrets_until(
        engine.db(), card.number,
        replaced_secrets_kept_until(TRY(decode_card(card.bytes)), engine.today())));
  }
  return {};
}

// On the first relay wanted for them that answers.
Result<MailboxId> mailbox_anywhere(Engine& engine, const ContactRow& contact) {
  Error last{kNoRelay, "renewal"};
  for (const RelayRow& relay : TRY(wanted_relays(engine, contact))) {
    const Result<MailboxId> made = make_mailbox(engine, relay, MailboxClass::kContact);
    if (made.has_value() || is_local_fault(made.error())) return made;
    last = made.error();
  }
  return fail(last);
}

Status renew(Engine& engine, ContactId id) {
  const ContactRow contact = TRY(load_contact(engine.db(), id));
  if (!contact.mailbox.has_value() || !contact.peer_card.has_value())
    return fail(kNotReady, "no card to write to");
  const MailboxId fresh = TRY(mailbox_anywhere(engine, contact));
  return engine.in_transaction([&]() -> Status {
    ContactRow renewed = TRY(load_contact(engine.db(), id));
    // Those at other relays are replaced by upkeep.
    for (const OwnMailbox& mailbox : TRY(live_mailboxes_of(engine.db(), id)))
      TRY(close_mailbox(engine.db(), mailbox.id, replaced_mailbox_kept_until(engine.today())));
    renewed.mailbox = fresh;
    TRY(give_to_contact(engine.db(), fresh, id));
    TRY(update_contact(engine.db(), renewed));
    TRY(retire_cards(engine, id));
    return begin_session(engine, renewed);
  });
}

}  // namespace

Result<Renewal> renew_contacts(Engine& engine) {
  Renewal renewal;
  for (const ContactRow& contact : TRY(all_contacts(engine.db()))) {
    const bool talks = contact.standing == ContactStanding::kInvited ||
                       contact.standing == ContactStanding::kAccepted;
    if (!talks) continue;
    const Status renewed = renew(engine, contact.id);
    if (renewed.has_value()) {
      renewal.renewed.push_back(contact.petname);
    } else if (is_local_fault(renewed.error())) {
      return fail(renewed.error());
    } else {
      renewal.not_yet.push_back(contact.petname);
    }
  }
  return renewal;
}

}  // namespace tocsin

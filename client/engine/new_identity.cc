#include "client/engine/new_identity.h"

#include "client/engine/restoring.h"
#include "client/store/alert_rows.h"
#include "client/store/card_rows.h"
#include "client/store/message_rows.h"
#include "client/store/organisation_rows.h"
#include "client/store/relay_rows.h"
#include "client/store/setting.h"
#include "crypto/ratchet/identity.h"
#include "protocol/alert/phrases/catalogue.h"

namespace tocsin {
namespace {

// Whom to write to, and by what, was for the old identity alone.
Status forget_how_to_reach(Engine& engine, ContactRow& contact) {
  for (const SessionRow& session : TRY(session_rows_of_contact(engine.db(), contact.id)))
    TRY(erase_session(engine.db(), session.id));
  TRY(forget_charters_shown_to(engine.db(), contact.id));
  begin_streams_anew(contact, engine.rng());
  contact.mailbox.reset();
  contact.routes.clear();
  contact.peer_card.reset();
  return update_contact(engine.db(), contact);
}

}  // namespace

Result<NewIdentity> begin_new_identity(Engine& engine) {
  return engine.in_transaction([&]() -> Result<NewIdentity> {
    Database& db = engine.db();
    NewIdentity told;
    // Alerts that came before were signed for the old one, and stay what they are.
    TRY(save_former_identity(db, engine.identity()));
    static_cast<void>(TRY(give_up_outgoing(db, std::nullopt)));
    for (ContactRow& contact : TRY(all_contacts(db))) {
      const bool talks = contact.standing == ContactStanding::kInvited ||
                         contact.standing == ContactStanding::kAccepted;
      TRY(forget_how_to_reach(engine, contact));
      if (talks) told.to_invite.push_back(contact.petname);
    }
    TRY(void_cards(db, engine.today()));
    for (const OwnMailbox& mailbox : TRY(all_mailboxes(db))) {
      TRY(take_from_contact(db, mailbox.id));
      TRY(close_mailbox(db, mailbox.id, days_before(engine.today(), 1)));
    }
    for (const OrganisationRow& row : TRY(all_organisations(db))) {
      const Charter& newest = row.chain.newest().charter;
      if (TRY(our_key_in(db, newest)).has_value())
        told.organisations.push_back(charter_name(newest, language_code(Language::kEnglish)));
    }
    const IdentityPair identity = make_identity_pair(engine.rng());
    const SigningSecret signing = SigningSecret::random(engine.rng());
    TRY(save_setting(db, setting::kIdentitySecret, identity.secret.expose(kExpose)));
    TRY(save_setting(db, setting::kSigningSecret, signing.expose(kExpose)));
    TRY(engine.reload());
    return told;
  });
}

}  // namespace tocsin

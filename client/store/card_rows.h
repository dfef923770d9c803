// client/store/card_rows.h: our own cards and their secrets.
//
// Secrets: prekey, KEM, link and board writer secrets; wiped when a card was used or has expired
// Errors:  not_found, damaged, those of crypto/db
// Threads: as the database
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/store/relay_rows.h"
#include "crypto/ratchet/first_contact.h"
#include "protocol/pairing/card.h"
#include "protocol/session/content.h"

namespace tocsin {

struct OwnCard {
  std::uint32_t number = 0;
  CardKind kind = CardKind::kInvitation;
  MailboxId mailbox;  // of its first route
  std::optional<ContactId> contact;
  std::string petname;
  Bytes bytes;
  std::optional<CardSecrets> secrets;           // none once wiped
  std::optional<InvitationSecret> link_secret;  // none for a contact card
  std::optional<WriterSecret> writer_secret;    // none for a contact card
  bool published = false;
  std::optional<Day> used;
  Day secrets_until;
};

Status insert_card(Database& db, const OwnCard& card);
// An invitation they used whose board still lies at the relay: it stays, nameless, until the board
// is deleted with its writer key.
Status release_published_cards(Database& db, ContactId contact);
// Whose first contacts may come to it: a contact card names several mailboxes.
Result<std::vector<OwnCard>> cards_of_mailbox(Database& db, MailboxId mailbox);
Result<std::vector<OwnCard>> all_cards(Database& db);
Status mark_card_published(Database& db, std::uint32_t number);
// Its board is gone from the relay, and with it the key to write there.
Status mark_board_deleted(Database& db, std::uint32_t number);
Status erase_cards_of_mailbox(Database& db, MailboxId mailbox);
// An accepted invitation: secrets wiped in the transaction that accepts it.
Status mark_card_used(Database& db, std::uint32_t number, ContactId by, Day day);
// A contact card somebody wrote to: a new one is due, its secrets stay for a while.
Status note_card_used(Database& db, std::uint32_t number, Day day);
Status set_card_secrets_until(Database& db, std::uint32_t number, Day day);
// Contact cards issued for them.
Status erase_contact_cards(Database& db, ContactId contact);
// Of an identity that ends: none can be answered any more; boards are deleted by upkeep.
Status void_cards(Database& db, Day today);
// Secrets whose day has passed.
Status wipe_old_card_secrets(Database& db, Day today);

}  // namespace tocsin

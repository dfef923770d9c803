#include "client/engine/reachability.h"

#include <algorithm>

#include "client/engine/pairing.h"
#include "protocol/pairing/lifetime.h"

namespace tocsin {
namespace {

// A mailbox for them on this relay, unless it does not answer now.
Result<bool> give_mailbox(Engine& engine, ContactRow& contact, const RelayRow& relay) {
  if (!engine.may_ask(relay.id)) return false;
  const Result<MailboxId> mailbox = make_mailbox(engine, relay, MailboxClass::kContact);
  if (!mailbox.has_value()) {
    engine.note_unhelpful(relay.id);
    return fail(mailbox.error());
  }
  TRY(engine.in_transaction([&]() -> Status {
    TRY(give_to_contact(engine.db(), *mailbox, contact.id));
    if (!contact.mailbox.has_value()) contact.mailbox = *mailbox;
    return update_contact(engine.db(), contact);
  }));
  return true;
}

// The newest contact card of ours that this contact has, if any.
const OwnCard* newest_card_for(const std::vector<OwnCard>& cards, ContactId contact) {
  const OwnCard* newest = nullptr;
  for (const OwnCard& card : cards) {
    if (card.kind == CardKind::kContact && card.contact == contact && !card.used.has_value())
      newest = &card;
  }
  return newest;
}

// A card that was used is replaced, but not on the day it was made: every card with its secrets is
// tried on every cell that does not open, and a contact can use one as often as it likes.
Result<bool> made_one_today(Engine& engine, const std::vector<OwnCard>& cards, ContactId contact) {
  for (const OwnCard& card : cards) {
    if (card.kind != CardKind::kContact || card.contact != contact) continue;
    if (TRY(decode_card(card.bytes)).from >= engine.today()) return true;
  }
  return false;
}

Result<bool> is_card_due(Engine& engine, const OwnCard* card, const std::vector<OwnCard>& cards,
                         ContactId contact, const std::vector<Route>& routes) {
  if (card == nullptr) return !TRY(made_one_today(engine, cards, contact));
  const Card parsed = TRY(decode_card(card->bytes));
  return engine.today() >= renewal_day(parsed) || parsed.routes != routes;
}

}  // namespace

Result<std::vector<RelayRow>> wanted_relays(Engine& engine, const ContactRow& contact) {
  std::vector<RelayRow> wanted;
  const auto add = [&](RelayRow relay) {
    const bool known = std::ranges::find(wanted, relay.id, &RelayRow::id) != wanted.end();
    if (relay.is_in_use() && !known && wanted.size() < kMaxRoutes)
      wanted.push_back(std::move(relay));
  };
  for (const OwnMailbox& mailbox : TRY(live_mailboxes_of(engine.db(), contact.id)))
    add(TRY(load_relay(engine.db(), mailbox.relay)));
  if (wanted.empty()) {
    // Nobody has one yet: on the relay where we heard them first.
    const std::optional<MailboxId> newest = TRY(newest_session_mailbox(engine.db(), contact.id));
    if (newest.has_value())
      add(TRY(load_relay(engine.db(), TRY(load_mailbox(engine.db(), *newest)).relay)));
  }
  for (RelayRow& relay : TRY(all_relays(engine.db()))) {
    if (relay.common) add(std::move(relay));
  }
  return wanted;
}

Result<bool> keep_reachable(Engine& engine, ContactRow& contact, const std::vector<OwnCard>& cards,
                            MayTell may_tell) {
  const std::vector<RelayRow> wanted = TRY(wanted_relays(engine, contact));
  const std::vector<OwnMailbox> live = TRY(live_mailboxes_of(engine.db(), contact.id));
  std::vector<Route> routes;
  std::optional<MailboxId> first;
  std::optional<Error> unhelpful;
  for (const RelayRow& relay : wanted) {
    const auto mailbox = std::ranges::find(live, relay.id, &OwnMailbox::relay);
    if (mailbox != live.end()) {
      routes.push_back({relay.address, mailbox->drop_id});
      if (!first.has_value()) first = mailbox->id;
      continue;
    }
    const Result<bool> given = give_mailbox(engine, contact, relay);
    if (given.value_or(false)) return true;
    if (!given.has_value()) unhelpful = given.error();
  }
  // One relay that does not answer keeps nobody from being told of the others.
  if (routes.empty()) return unhelpful.has_value() ? Result<bool>(fail(*unhelpful)) : false;
  const OwnCard* card = newest_card_for(cards, contact.id);
  const bool due =
      may_tell == MayTell::kYes && TRY(is_card_due(engine, card, cards, contact.id, routes));
  if (!due && contact.mailbox == first) return false;
  TRY(engine.in_transaction([&]() -> Status {
    contact.mailbox = first;
    TRY(update_contact(engine.db(), contact));
    if (!due) return {};
    if (card != nullptr) {
      TRY(set_card_secrets_until(
          engine.db(), card->number,
          replaced_secrets_kept_until(TRY(decode_card(card->bytes)), engine.today())));
    }
    return issue_contact_card(engine, contact, routes);
  }));
  return true;
}

Result<bool> tidy_left_relays(Engine& engine, const std::vector<OwnCard>& cards) {
  bool moved = false;
  for (const RelayRow& relay : TRY(all_relays(engine.db()))) {
    if (relay.is_in_use()) continue;
    bool empty = true;
    for (const OwnMailbox& mailbox : TRY(all_mailboxes(engine.db()))) {
      if (mailbox.relay != relay.id) continue;
      empty = false;
      if (!mailbox.contact.has_value() || mailbox.last_day.has_value()) continue;
      const OwnCard* card = newest_card_for(cards, *mailbox.contact);
      if (card == nullptr) continue;
      const std::vector<Route> routes = TRY(decode_card(card->bytes)).routes;
      const bool named = std::ranges::any_of(
          routes, [&](const Route& route) { return route.relay == relay.address; });
      if (named) continue;
      TRY(engine.in_transaction([&] {
        return close_mailbox(engine.db(), mailbox.id, replaced_mailbox_kept_until(engine.today()));
      }));
      moved = true;
    }
    if (!empty) continue;
    TRY(engine.in_transaction([&] { return erase_relay(engine.db(), relay.id); }));
    moved = true;
  }
  return moved;
}

Result<std::vector<std::string>> forget_dead_relay(Engine& engine, RelayId id) {
  return engine.in_transaction([&]() -> Result<std::vector<std::string>> {
    std::vector<std::string> hanging;
    for (const OwnMailbox& mailbox : TRY(all_mailboxes(engine.db()))) {
      if (mailbox.relay != id) continue;
      if (mailbox.contact.has_value()) {
        const ContactRow contact = TRY(load_contact(engine.db(), *mailbox.contact));
        if (contact.mailbox == mailbox.id) {
          hanging.push_back(contact.petname);
          continue;
        }
      } else if (TRY(is_somebodys_only_mailbox(engine.db(), mailbox.id))) {
        hanging.emplace_back("somebody who came by an invitation");
        continue;
      }
      TRY(erase_own_mailbox(engine, mailbox.id));
    }
    if (hanging.empty()) TRY(erase_relay(engine.db(), id));
    return hanging;
  });
}

Status erase_own_mailbox(Engine& engine, MailboxId id) {
  TRY(move_sessions_to_home(engine.db(), id));
  TRY(erase_cards_of_mailbox(engine.db(), id));
  return erase_mailbox(engine.db(), id);
}

}  // namespace tocsin

#include "client/engine/contents.h"

#include <algorithm>

#include "client/engine/alerts.h"
#include "client/engine/evidence.h"
#include "client/engine/faults.h"
#include "client/engine/notices.h"
#include "client/engine/organisation.h"
#include "client/engine/sending.h"
#include "client/store/held_rows.h"
#include "client/store/message_rows.h"
#include "protocol/pairing/check_card.h"

namespace tocsin {
namespace {

// CNT-7.3, a day: a card for each relay that came or went, and a reset or two. Every change may
// have this device connect to a host of the contact's choice.
constexpr std::uint32_t kMostMoves = 8;

bool count_move(ContactRow& contact, Day today) {
  if (contact.moved != today) contact.moves = 0;
  contact.moved = today;
  return ++contact.moves <= kMostMoves;
}

Status take_text(Engine& engine, ContactRow& contact, const IncomingMessage& message,
                 OrderKey place) {
  if (!decode_text(message.body.expose(kExpose)).has_value()) return fail(kMalformed, "text");
  return insert_incoming(engine.db(), {.contact = contact.id,
                                       .message = message.id,
                                       .kind = message.kind,
                                       .body = message.body.duplicate(),
                                       .sent_minute = message.prefix.sent_minute,
                                       .received = engine.now(),
                                       .place = place});
}

Status take_receipts(Engine& engine, const ContactRow& contact, const IncomingMessage& message) {
  for (const Receipt& receipt : TRY(decode_receipts(message.body.expose(kExpose)))) {
    engine.outbox().on_receipt(contact.id, receipt);
  }
  return {};
}

Outbox::RoutesChange change_of(const std::vector<Route>& before, const std::vector<Route>& now) {
  const bool gone = std::ranges::any_of(
      before, [&](const Route& route) { return std::ranges::find(now, route) == now.end(); });
  return gone ? Outbox::RoutesChange::kOneIsGone : Outbox::RoutesChange::kOnlyAdded;
}

// Their card for us: where to write from now on, and what to write to after a loss.
Status take_contact_card(Engine& engine, ContactRow& contact, const IncomingMessage& message) {
  CardHistory history;
  if (contact.peer_card.has_value()) {
    const Card known = TRY(decode_card(*contact.peer_card));
    history = {kCardVersion, known.number, card_id(*contact.peer_card)};
  }
  const auto checked =
      check_card(message.body.expose(kExpose), pin_of_contact(contact.identity, contact.signing),
                 history, {engine.today(), std::nullopt});
  if (!checked.has_value()) return fail(error_of(checked.error()));
  contact.peer_card = checked->bytes();
  const Outbox::RoutesChange change = change_of(contact.routes, checked->card().routes);
  contact.routes = checked->card().routes;
  if (!checked->card().charter.is_zero()) contact.charter = checked->card().charter;
  engine.outbox().on_routes_changed(contact.id, change, engine.now());
  return {};
}

Status take_routes(Engine& engine, ContactRow& contact, const IncomingMessage& message) {
  std::vector<Route> routes = TRY(decode_routes(message.body.expose(kExpose)));
  const Outbox::RoutesChange change = change_of(contact.routes, routes);
  contact.routes = std::move(routes);
  engine.outbox().on_routes_changed(contact.id, change, engine.now());
  return {};
}

Status take_kind(Engine& engine, ContactRow& contact, const IncomingMessage& message,
                 OrderKey place) {
  switch (message.kind) {
    case ContentKind::kText:
      return take_text(engine, contact, message, place);
    case ContentKind::kReceipts:
      return take_receipts(engine, contact, message);
    case ContentKind::kContactCard:
      return take_contact_card(engine, contact, message);
    case ContentKind::kRoutes:
      return take_routes(engine, contact, message);
    case ContentKind::kCharter:
      return take_charter(engine, contact, message);
    case ContentKind::kCosignRequest:
      return take_cosign_request(engine, contact, message);
    case ContentKind::kCosignAnswer:
      return take_cosign_answer(engine, contact, message);
    case ContentKind::kAlert:
      return take_alert(engine, contact, message);
    case ContentKind::kAlertAnswer:
      return take_alert_answer(engine, contact, message);
    case ContentKind::kEvidence:
      return take_evidence(engine, contact, message);
    case ContentKind::kEmpty:
      return {};
    case ContentKind::kFarewell:
      // Who is being forgotten here goes as the person wanted it.
      if (contact.standing == ContactStanding::kLeaving) return {};
      contact.standing =
          ContactStanding::kEnded;  // the rest is upkeep's: this session still speaks
      return note(engine, {NoticeKind::kEnded, contact.id, 0});
  }
  return note(engine,
              {NoticeKind::kUnknownKind, contact.id, static_cast<std::int64_t>(message.kind)});
}

// What a peer can get wrong undoes what its message did, and nothing else of the transaction.
Status take_kind_or_nothing(Engine& engine, ContactRow& contact, const IncomingMessage& message,
                            OrderKey place) {
  TRY(update_contact(engine.db(), contact));
  TRY(engine.save_outbox_changes());
  TRY(engine.db().run("SAVEPOINT message"));
  const Status taken = take_kind(engine, contact, message, place);
  if (taken.has_value()) return engine.db().run("RELEASE message");
  if (is_local_fault(taken.error())) return taken;
  TRY(engine.db().run("ROLLBACK TO message"));
  TRY(engine.db().run("RELEASE message"));
  TRY(engine.reload());
  contact = TRY(load_contact(engine.db(), contact.id));
  return note(engine,
              {NoticeKind::kUnreadable, contact.id, static_cast<std::int64_t>(message.kind)});
}

Status take_message(Engine& engine, ContactRow& contact, const IncomingMessage& message) {
  const bool seen = TRY(is_seen(engine.db(), contact.id, message.id));
  // CNT-7.1, CNT-7.3: not kept, not remembered, not answered: its sender repeats it later.
  const bool moves =
      message.kind == ContentKind::kRoutes || message.kind == ContentKind::kContactCard;
  if (!seen && moves && !count_move(contact, engine.today()))
    return note(engine, {NoticeKind::kMovesTooOften, contact.id, 0});
  if (!seen && !TRY(has_room_for(engine.db(), contact.id, message.kind))) {
    return note(engine, {NoticeKind::kNoRoom, contact.id, static_cast<std::int64_t>(message.kind)});
  }
  contact.inbox.policy = TRY(receipt_policy(engine));
  const Arrival arrival = receive_message(message, seen ? SeenBefore::kYes : SeenBefore::kNo,
                                          contact.inbox, engine.now());
  if (arrival.show == Arrival::Show::kDuplicate) return {};
  if (arrival.show == Arrival::Show::kNew)
    TRY(save_seen(engine.db(), contact.id, message.id, engine.today()));
  return take_kind_or_nothing(engine, contact, message, arrival.order);
}

}  // namespace

Status take_content(Engine& engine, ContactRow& contact, BytesView content) {
  // Every envelope brings the ratchet closer to needing one of ours, whatever is in it.
  const Result<ContentView> view = decode_content(content);
  contact.inbox.healing.on_taken(view.has_value() ? view->header.kind : ContentKind::kEmpty,
                                 engine.now());
  const Result<Taken> taken = engine.assembler().take(contact.id, content, engine.today());
  if (!taken.has_value()) return {};  // malformed by an authenticated peer: dropped
  for (const DroppedMessage& dropped : taken->dropped)
    TRY(erase_fragments(engine.db(), dropped.message));
  if (taken->store.has_value()) TRY(insert_fragment(engine.db(), *taken->store));
  if (!taken->message.has_value()) return {};
  TRY(erase_fragments(engine.db(), {contact.id, taken->message->id}));
  return take_message(engine, contact, *taken->message);
}

}  // namespace tocsin

#include "client/engine/sending.h"

#include <algorithm>

#include "client/engine/faults.h"
#include "client/engine/notices.h"
#include "client/store/card_rows.h"
#include "client/store/message_rows.h"
#include "client/store/setting.h"
#include "crypto/base/overloaded.h"
#include "protocol/delivery/stream.h"

namespace tocsin {
namespace {

// Room in each of the envelopes a message will take; asked for one by one, because a turn on the
// way makes the later ones smaller.
Result<std::vector<std::size_t>> rooms_for(const Session& session, const SealTiming& timing,
                                           std::size_t body_bytes) {
  std::vector<std::size_t> rooms;
  std::size_t fragments = 1;
  while (rooms.size() < fragments) {
    const auto ahead = static_cast<std::uint32_t>(rooms.size());
    rooms.push_back(TRY(session.capacity(timing, ahead)) - kContentHeaderBytes);
    fragments = TRY(count_fragments(body_bytes, rooms));
  }
  return rooms;
}

struct Sealing {
  OutgoingRow message;
  StoredSession session;
  std::vector<Route> routes;
};

// Seals every fragment for every route, in the caller's transaction.
Status seal_fragments(Engine& engine, Sealing& sealing) {
  const SealTiming timing{engine.now().hour(), engine.since_unlock(sealing.session.row.id)};
  const OutgoingMessage outgoing{sealing.message.kind, sealing.message.id, sealing.message.prefix,
                                 sealing.message.body.expose(kExpose)};
  const std::vector<std::size_t> rooms =
      TRY(rooms_for(sealing.session.session, timing, outgoing.body.size()));
  const std::vector<SecretBytes> contents = TRY(split_message(outgoing, rooms));
  TRY(erase_copies(engine.db(), outgoing.id));
  const auto copies = static_cast<std::uint8_t>(sealing.routes.size());
  const auto number =
      static_cast<std::uint16_t>(engine.outbox().find(sealing.message.id)->sealings + 1);
  std::uint8_t fragment = 0;
  SealTiming each = timing;
  for (const SecretBytes& content : contents) {
    const Sealed sealed = TRY(sealing.session.session.seal(
        content.expose(kExpose),
        {engine.inner_identity(), engine.rng(), each, copies, engine.kem_pool()}));
    each.since_unlock = SinceUnlock::kLaterSeal;
    for (std::uint8_t route = 0; route < copies; ++route) {
      TRY(insert_copy(engine.db(), {{sealing.message.id, number, fragment, route},
                                    sealing.routes[route],
                                    sealed.copies[route]}));
    }
    ++fragment;
  }
  if (sealing.session.row.standing == SessionStanding::kPending) {
    sealing.session.unconfirmed_sends += static_cast<std::uint32_t>(contents.size());
  }
  TRY(save_session(engine.db(), sealing.session));
  return engine.outbox().on_sealed(sealing.message.id, {sealing.session.row.id, fragment, copies},
                                   engine.now());
}

// The session and routes a message can leave by now; peer_silent or no_session when there is none.
Result<Sealing> prepare(Engine& engine, const MessageId& id) {
  OutgoingRow message = TRY(load_outgoing(engine.db(), id));
  const ContactRow contact = TRY(load_contact(engine.db(), message.contact));
  const std::optional<SessionId> sid =
      sending_session(TRY(session_rows_of_contact(engine.db(), contact.id)));
  if (!sid.has_value()) return fail(kNoSession, "contact without a session");
  std::optional<StoredSession> session = TRY(find_session(engine.db(), *sid));
  if (!session.has_value()) return fail(kNoSession, "session row");
  if (session->row.standing == SessionStanding::kPending &&
      session->unconfirmed_sends >= kMaxUnconfirmedSends) {
    return fail(kPeerSilent, "first contact not answered yet");
  }
  std::vector<Route> routes = contact.routes.empty() ? session->routes : contact.routes;
  if (routes.empty()) return fail(kNoSession, "contact without a mailbox");
  if (routes.size() > kMaxCopies) routes.resize(kMaxCopies);
  return Sealing{std::move(message), std::move(*session), std::move(routes)};
}

// A message that cannot be sealed now is tried again later; a fault of ours is passed on.
Result<bool> seal_one(Engine& engine, const MessageId& id) {
  std::optional<SessionId> sid;
  const Status sealed = engine.in_transaction([&]() -> Status {
    Sealing sealing = TRY(prepare(engine, id));
    sid = sealing.session.row.id;
    return seal_fragments(engine, sealing);
  });
  if (sealed.has_value()) {
    engine.note_sealed(*sid);
    return true;
  }
  const Code code = sealed.error().code;
  if (is_local_fault(sealed.error())) return fail(sealed.error());
  TRY(engine.in_transaction([&]() -> Status {
    if (code == kPeerSilent) {
      const ContactId contact = TRY(load_outgoing(engine.db(), id)).contact;
      TRY(note(engine, {NoticeKind::kPeerSilent, contact, 0}));
    }
    return engine.outbox().on_seal_failed(id, engine.now(), engine.rng());
  }));
  return false;
}

// The person is told; a card that never came is as good as none, and the next one follows.
Status given_up(Engine& engine, const MessageId& id) {
  const OutgoingRow message = TRY(load_outgoing(engine.db(), id));
  if (message.kind == ContentKind::kContactCard) {
    const Card card = TRY(decode_card(message.body.expose(kExpose)));
    TRY(note_card_used(engine.db(), card.number, engine.today()));
  }
  return note(engine, {NoticeKind::kUndelivered, message.contact, 0});
}

// How many copies are known to be at a relay now.
Result<std::size_t> deposit_all(Engine& engine, const std::vector<CopyKey>& keys) {
  std::vector<StoredCopy> copies;
  std::vector<DepositOrder> orders;
  copies.reserve(keys.size());
  for (const CopyKey& key : keys) copies.push_back(TRY(load_copy(engine.db(), key)));
  for (const StoredCopy& copy : copies) {
    const OutboxRow* row = engine.outbox().find(copy.key.message);
    orders.push_back(
        {copy.key, row == nullptr ? ContactId{} : row->contact, copy.target, copy.envelope});
  }
  const std::vector<Deposited> answers = engine.relays().deposit(orders);
  std::size_t deposited = 0;
  if (answers.empty()) return deposited;
  TRY(engine.in_transaction([&]() -> Status {
    for (const auto& [copy, answer] : answers) {
      if (answer == DepositAnswer::kOk) ++deposited;
      TRY(engine.outbox().on_answer(copy, answer, engine.now(), engine.rng()));
    }
    return {};
  }));
  return deposited;
}

}  // namespace

// flow 1/8: what a person wrote becomes a row that will not be lost.
Result<MessageId> queue_message(Engine& engine, ContactRow& contact, const MessageOrder& order) {
  if (contact.standing == ContactStanding::kEnded) return fail(kContactEnded, "message");
  SendingStream stream = SendingStream::restore(contact.stream, contact.next_sequence);
  const MessageId id = engine.rng().draw<MessageId>();
  const OutgoingRow message{contact.id, order.kind, id, stream.take(order.kind, engine.now()),
                            SecretBytes::copy_of(order.body)};
  contact.next_sequence = stream.next();
  contact.inbox.healing.on_sent();
  TRY(update_contact(engine.db(), contact));
  // Their answer will come where they are heard.
  const std::optional<MailboxId> mailbox =
      contact.mailbox.has_value() ? contact.mailbox
                                  : TRY(newest_session_mailbox(engine.db(), contact.id));
  if (mailbox.has_value()) TRY(note_active(engine.db(), *mailbox, engine.now().hour()));
  TRY(engine.outbox().enqueue({.id = id,
                               .contact = contact.id,
                               .kind = order.kind,
                               .opening = Opening::kOrdinary,
                               .end = order.end},
                              engine.now()));
  TRY(insert_outgoing(engine.db(), message, *engine.outbox().find(id)));
  if (order.kind == ContentKind::kText || order.kind == ContentKind::kAlert) {
    TRY(insert_sent(engine.db(),
                    {id, contact.id, order.kind, SecretBytes::copy_of(order.body), engine.now()}));
  }
  return id;
}

Result<MessageId> send_message(Engine& engine, ContactId id, const MessageOrder& order) {
  return engine.in_transaction([&]() -> Result<MessageId> {
    ContactRow contact = TRY(load_contact(engine.db(), id));
    return queue_message(engine, contact, order);
  });
}

Result<ReceiptPolicy> receipt_policy(Engine& engine) {
  return TRY(find_text_setting(engine.db(), setting::kReceipts)) == "off" ? ReceiptPolicy::kNever
                                                                          : ReceiptPolicy::kSend;
}

Result<bool> is_stopped(Engine& engine, ContactId contact) {
  const std::vector<SessionRow> rows = TRY(session_rows_of_contact(engine.db(), contact));
  return !rows.empty() && !sending_session(rows).has_value();
}

Result<SendRound> send_due(Engine& engine) {
  SendRound round;
  std::vector<CopyKey> deposits;
  for (const OutboxDecision& decision : engine.outbox().due(engine.now(), engine.rng())) {
    TRY(std::visit(
        Overloaded{
            [&](const SealMessage& seal) -> Status {
              if (TRY(seal_one(engine, seal.message))) ++round.sealed;
              return {};
            },
            [&](const DepositCopy& deposit) -> Status {
              deposits.push_back(deposit.copy);
              return {};
            },
            [&](const AdviseCall& advise) -> Status {
              return engine.in_transaction([&]() -> Status {
                const ContactId contact = TRY(load_outgoing(engine.db(), advise.message)).contact;
                return note(engine, {NoticeKind::kCallThem, contact, 48});
              });
            },
            [&](const GiveUp& give_up) -> Status {
              return engine.in_transaction([&] { return given_up(engine, give_up.message); });
            },
            [&](const EraseCopies& erase) -> Status {
              return engine.in_transaction(
                  [&] { return erase_copies(engine.db(), erase.message); });
            },
            [&](const ForgetMessage& forget) -> Status {
              return engine.in_transaction(
                  [&] { return erase_outgoing(engine.db(), forget.message); });
            },
        },
        decision));
  }
  // What due() itself changed (a message given up, copies in flight) is written with the next
  // transaction; nothing is lost if that never comes, because restore() starts from the rows.
  round.deposited = TRY(deposit_all(engine, deposits));
  return round;
}

}  // namespace tocsin

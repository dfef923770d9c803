#include "client/engine/session_opening.h"

#include <algorithm>

#include "client/store/message_rows.h"
#include "protocol/pairing/initiate.h"
#include "protocol/session/fragment.h"

namespace tocsin {

Status open_session(Engine& engine, const SessionOpening& opening) {
  const Card& card = opening.card.card();
  const std::uint32_t generation =
      std::max(next_generation(TRY(session_rows_of_contact(engine.db(), opening.contact))),
               TRY(load_contact(engine.db(), opening.contact)).least_generation);
  // It carries no words of its own: an empty content opens the session.
  const MessageId message = engine.rng().draw<MessageId>();
  constexpr std::array<std::size_t, 2> rooms{kBodyFirst, kBodyPrekeyForm};
  const std::vector<SecretBytes> contents =
      TRY(split_message({ContentKind::kEmpty, message, {}, {}}, rooms));
  const SigningSecret& signing = engine.signing_secret();
  const Route reply{opening.relay.address, opening.reply.drop_id};
  Initiated initiated = TRY(initiate(opening.card, opening.psk,
                                     {.author = {engine.inner_identity(), &signing},
                                      .record = {generation, reply},
                                      .content = contents.front().expose(kExpose),
                                      .hour = engine.now().hour()},
                                     engine.rng()));
  const SessionId sid = initiated.session.id();
  TRY(save_session(engine.db(), {.row = {sid, generation, SessionStanding::kPending, std::nullopt},
                                 .contact = opening.contact,
                                 .mailbox = opening.reply.id,
                                 .routes = card.routes,
                                 .unconfirmed_sends = 0,
                                 .session = std::move(initiated.session)}));
  TRY(engine.outbox().enqueue({.id = message,
                               .contact = opening.contact,
                               .kind = ContentKind::kEmpty,
                               .opening = Opening::kFirstContact,
                               .end = Instant{(std::int64_t{card.until.value} + 1) * kDaySpan}},
                              engine.now()));
  const auto copies = static_cast<std::uint8_t>(std::min(card.routes.size(), kMaxCopies));
  TRY(engine.outbox().on_sealed(message, {sid, 1, copies}, engine.now()));
  engine.outbox().on_session_begun(opening.contact, engine.now());
  TRY(insert_outgoing(engine.db(), {opening.contact, ContentKind::kEmpty, message, {}, {}},
                      *engine.outbox().find(message)));
  // The same bytes for each: a second relay is tried only when the one before does not take them,
  // and what comes twice is a replay.
  for (std::uint8_t route = 0; route < copies; ++route)
    TRY(insert_copy(engine.db(), {{message, 1, 0, route}, card.routes[route], initiated.envelope}));
  return {};
}

Status begin_session(Engine& engine, const ContactRow& contact) {
  if (!contact.peer_card.has_value() || !contact.mailbox.has_value())
    return fail(kNotReady, "no card to write to");
  // Checked when it came; only its days can have passed since.
  const auto checked =
      check_card(*contact.peer_card, pin_of_contact(contact.identity, contact.signing),
                 CardHistory{}, {engine.today(), std::nullopt});
  if (!checked.has_value()) return fail(error_of(checked.error()));
  for (SessionRow row : TRY(session_rows_of_contact(engine.db(), contact.id))) {
    row.standing = SessionStanding::kStopped;
    TRY(save_session_row(engine.db(), row));
  }
  const OwnMailbox reply = TRY(load_mailbox(engine.db(), *contact.mailbox));
  const RelayRow relay = TRY(load_relay(engine.db(), reply.relay));
  return open_session(engine, {contact.id, *checked, no_psk(), relay, reply});
}

Status reset_session(Engine& engine, ContactId id) {
  return engine.in_transaction(
      [&]() -> Status { return begin_session(engine, TRY(load_contact(engine.db(), id))); });
}

}  // namespace tocsin

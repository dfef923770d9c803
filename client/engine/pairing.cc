#include "client/engine/pairing.h"

#include "client/engine/sending.h"
#include "client/engine/session_opening.h"
#include "client/store/card_rows.h"
#include "client/store/message_rows.h"
#include "client/store/setting.h"
#include "crypto/box/agree.h"
#include "crypto/kem/kem.h"
#include "crypto/ratchet/identity.h"
#include "protocol/board/judge.h"
#include "protocol/board/record.h"
#include "protocol/pairing/issue_card.h"
#include "protocol/pairing/lifetime.h"

namespace tocsin {
namespace {

struct FreshCard {
  OwnCard row;
  Card card;
};

struct CardPlan {
  CardKind kind;
  MailboxId mailbox;  // of the first route
  std::vector<Route> routes;
  Day until;
};

// A numbered card with secrets of its own; the caller stores the row.
Result<FreshCard> make_card(Engine& engine, const CardPlan& plan) {
  const std::uint32_t number = TRY(raise_counter(engine.db(), setting::kHighestCard));
  PrekeyPair prekey = make_prekey_pair(engine.rng());
  KemPair kem = make_kem_pair(engine.rng());
  const CardOrder order{.kind = plan.kind,
                        .number = number,
                        .from = engine.today(),
                        .until = plan.until,
                        .prekey_id = number,
                        .prekey = prekey.public_key,
                        .kem = kem.public_key,
                        .charter = {},
                        .routes = plan.routes};
  const SigningSecret& signing = engine.signing_secret();
  Bytes bytes = TRY(issue_card(order, {engine.identity_secret(), &signing}, engine.rng()));
  Card card = TRY(decode_card(bytes));
  FreshCard fresh{.row = {}, .card = std::move(card)};
  fresh.row.number = number;
  fresh.row.kind = plan.kind;
  fresh.row.mailbox = plan.mailbox;
  fresh.row.bytes = std::move(bytes);
  fresh.row.secrets = CardSecrets{std::move(prekey.secret), std::move(kem.secret)};
  fresh.row.secrets_until = secrets_kept_until(fresh.card);
  return fresh;
}

// The card behind a link, from its board.
Result<Bytes> fetch_card(Engine& engine, const RelayRow& relay, const Link& link) {
  const Bytes record = TRY(engine.relays().get_board(relay, link.locator));
  if (record.empty()) return fail(kUsedOrWithdrawn, "invitation board");
  const JudgedBoard judged =
      TRY(judge_board(record, {.board = link.locator, .today = engine.today()}));
  return open_card(judged.record.content.payload, {link.locator, link.secret});
}

struct FirstWords {
  const CheckedCard& card;
  const Link& link;
  const RelayRow& relay;
  const OwnMailbox& reply;
  const std::string& petname;
};

}  // namespace

Result<MailboxId> make_mailbox(Engine& engine, const RelayRow& relay, MailboxClass mailbox_class) {
  KeyPair<OwnerPublic, OwnerSecret> owner =
      make_x25519_pair<OwnerPublic, OwnerSecret>(engine.rng());
  const CreatedMailbox created =
      TRY(engine.relays().create_mailbox(relay, {owner.public_key, owner.secret, mailbox_class}));
  const OwnMailbox mailbox{.id = {},
                           .relay = relay.id,
                           .mailbox_class = mailbox_class,
                           .read_id = created.read_id,
                           .drop_id = created.drop_id,
                           .owner_secret = std::move(owner.secret),
                           .last_day = std::nullopt,
                           .active = engine.now().hour()};
  return engine.in_transaction([&]() -> Result<MailboxId> {
    if (TRY(knows_mailbox(engine.db(), created.read_id)))
      return fail(kRelayRefused, "a mailbox given twice");
    return insert_mailbox(engine.db(), mailbox);
  });
}

Result<std::string> invite(Engine& engine, const InvitationOrder& order) {
  const RelayRow relay = TRY(load_relay(engine.db(), order.relay));
  const MailboxId mailbox_id = TRY(make_mailbox(engine, relay, MailboxClass::kInvitation));
  const OwnMailbox mailbox = TRY(load_mailbox(engine.db(), mailbox_id));

  InvitationSecret secret = InvitationSecret::random(engine.rng());
  KeyPair<WriterPublic, WriterSecret> writer = make_writer_pair(engine.rng());
  const Locator locator = board_id_of(writer.public_key);

  // The secrets are durable before the board can be read: an invitation in somebody's hand always
  // opens.
  struct Written {
    std::uint32_t number;
    Card card;
    Bytes bytes;
  };
  const Written written = TRY(engine.in_transaction([&]() -> Result<Written> {
    FreshCard fresh = TRY(make_card(engine, {CardKind::kInvitation,
                                             mailbox.id,
                                             {{relay.address, mailbox.drop_id}},
                                             days_after(engine.today(), order.days)}));
    fresh.row.petname = order.petname;
    fresh.row.link_secret = secret.duplicate();
    fresh.row.writer_secret = writer.secret.duplicate();
    TRY(insert_card(engine.db(), fresh.row));
    return Written{fresh.row.number, fresh.card, fresh.row.bytes};
  }));

  const Bytes payload = TRY(seal_card(written.bytes, {locator, secret}, engine.rng()));
  const Bytes record = TRY(sign_board(
      writer.secret, {.version = 1, .expiry = board_expiry(written.card), .payload = payload}));
  TRY(engine.relays().put_board(relay, record));
  TRY(engine.in_transaction([&] { return mark_card_published(engine.db(), written.number); }));

  const Link link{.kind = CardKind::kInvitation,
                  .relay = relay.address,
                  .access = order.relay_password == InvitationOrder::RelayPassword::kIncluded
                                ? relay.password.duplicate()
                                : SecretBytes(),
                  .locator = locator,
                  .secret = std::move(secret),
                  .commitment = commit_identity(engine.identity(), engine.signing()),
                  .least_number = written.number};
  return print_link(link);
}

namespace {

Result<ContactId> open_contact(Engine& engine, const FirstWords& opening) {
  const Card& card = opening.card.card();
  ContactRow contact;
  contact.petname = TRY(free_petname(engine.db(), opening.petname));
  contact.identity = card.identity;
  contact.signing = card.signing;
  contact.standing = ContactStanding::kInvited;
  contact.mailbox = opening.reply.id;
  if (!card.charter.is_zero()) contact.charter = card.charter;
  contact.added = engine.today();
  const SendingStream stream = SendingStream::create(engine.rng());
  contact.stream = stream.stream();
  contact.next_sequence = stream.next();
  contact.id = TRY(insert_contact(engine.db(), contact));
  TRY(give_to_contact(engine.db(), opening.reply.id, contact.id));

  TRY(open_session(engine, {.contact = contact.id,
                            .card = opening.card,
                            .psk = psk_of(opening.link.kind, &opening.link.secret),
                            .relay = opening.relay,
                            .reply = opening.reply}));
  return contact.id;
}

Result<ContactId> reopen_contact(Engine& engine, ContactId id, const FirstWords& opening) {
  ContactRow contact = TRY(load_contact(engine.db(), id));
  contact.mailbox = opening.reply.id;
  if (contact.standing == ContactStanding::kEnded) contact.standing = ContactStanding::kInvited;
  TRY(give_to_contact(engine.db(), opening.reply.id, id));
  TRY(update_contact(engine.db(), contact));
  TRY(open_session(engine, {.contact = id,
                            .card = opening.card,
                            .psk = psk_of(opening.link.kind, &opening.link.secret),
                            .relay = opening.relay,
                            .reply = opening.reply}));
  return id;
}

}  // namespace

std::expected<ContactId, AcceptFailure> accept(Engine& engine, const AcceptOrder& order) {
  const auto plain = [](const Error& error) {
    return std::unexpected(AcceptFailure{error, std::nullopt});
  };

  const Result<RelayId> relay_id = engine.in_transaction([&]() -> Result<RelayId> {
    // Whoever made the link does not get to change a password this vault has.
    const std::optional<RelayRow> known = TRY(find_relay(engine.db(), order.link.relay));
    if (known.has_value() && !known->password.empty()) return known->id;
    return save_relay(engine.db(), order.link.relay, order.link.access.expose(kExpose),
                      RelayUse::kForItsContacts);
  });
  if (!relay_id.has_value()) return plain(relay_id.error());
  const Result<RelayRow> relay = load_relay(engine.db(), *relay_id);
  if (!relay.has_value()) return plain(relay.error());

  const Result<Bytes> bytes = fetch_card(engine, *relay, order.link);
  if (!bytes.has_value()) return plain(bytes.error());
  const auto checked =
      check_card(*bytes, pin_of(order.link), CardHistory{}, {engine.today(), order.relay_day});
  if (!checked.has_value())
    return std::unexpected(AcceptFailure{error_of(checked.error()), checked.error()});
  if (checked->card().identity == engine.identity()) {
    return std::unexpected(AcceptFailure{{kOwnInvitation, "own invitation", 0}, std::nullopt});
  }
  const auto known = find_contact_by_identity(engine.db(), checked->card().identity);
  if (!known.has_value()) return plain(known.error());
  // A restored vault knows people it cannot write to: their invitation begins anew with them.
  const bool again = known->has_value() && (*known)->signing == checked->card().signing;
  if (known->has_value()) {
    const auto sessions = session_rows_of_contact(engine.db(), (*known)->id);
    if (!sessions.has_value()) return plain(sessions.error());
    if (!again || (!sessions->empty() && !order.again))
      return std::unexpected(AcceptFailure{{kAlreadyKnown, "contact", 0}, std::nullopt});
  }

  const Result<MailboxId> reply_id = make_mailbox(engine, *relay, MailboxClass::kContact);
  if (!reply_id.has_value()) return plain(reply_id.error());
  const Result<OwnMailbox> reply = load_mailbox(engine.db(), *reply_id);
  if (!reply.has_value()) return plain(reply.error());
  const FirstWords words{*checked, order.link, *relay, *reply, order.petname};
  const Result<ContactId> contact = engine.in_transaction([&] {
    return again ? reopen_contact(engine, (*known)->id, words) : open_contact(engine, words);
  });
  if (!contact.has_value()) return plain(contact.error());
  return *contact;
}

Status issue_contact_card(Engine& engine, ContactRow& contact, const std::vector<Route>& routes) {
  if (!contact.mailbox.has_value() || routes.empty())
    return fail(kNotFound, "mailbox of a contact");
  FreshCard fresh = TRY(make_card(engine, {CardKind::kContact, *contact.mailbox, routes,
                                           days_after(engine.today(), kContactCardDays)}));
  fresh.row.contact = contact.id;
  fresh.row.petname = contact.petname;
  fresh.row.published = true;
  TRY(insert_card(engine.db(), fresh.row));
  TRY(queue_message(engine, contact, {ContentKind::kContactCard, fresh.row.bytes}));
  return {};
}

}  // namespace tocsin

#include "client/engine/first_contacts.h"

#include <algorithm>

#include "client/engine/contents.h"
#include "client/engine/notices.h"
#include "client/store/card_rows.h"
#include "protocol/pairing/lifetime.h"
#include "protocol/pairing/link.h"
#include "protocol/pairing/respond.h"

namespace tocsin {
namespace {

struct Arrived {
  const OwnCard& card;
  const Card& parsed;
  const FirstContactRecord& record;
};

// The person who wrote: somebody we know, or a new contact by the name the invitation gave them.
Result<ContactRow> contact_for(Engine& engine, const Arrived& arrived) {
  std::optional<ContactRow> known =
      TRY(find_contact_by_identity(engine.db(), arrived.record.identity));
  const bool invited = arrived.card.kind == CardKind::kInvitation;
  if (known.has_value()) {
    // Whoever ended it and was invited again has come back.
    if (known->standing == ContactStanding::kEnded && invited)
      known->standing = ContactStanding::kAccepted;
    return std::move(*known);
  }
  ContactRow contact;
  contact.petname =
      TRY(free_petname(engine.db(), invited ? std::string_view(arrived.card.petname) : "stranger"));
  contact.identity = arrived.record.identity;
  contact.signing = arrived.record.signing;
  contact.standing = invited ? ContactStanding::kAccepted : ContactStanding::kRequest;
  contact.added = engine.today();
  const SendingStream stream = SendingStream::create(engine.rng());
  contact.stream = stream.stream();
  contact.next_sequence = stream.next();
  contact.id = TRY(insert_contact(engine.db(), contact));
  return contact;
}

// Whether this identity may open a session through this card at all.
bool is_allowed(const Arrived& arrived, const std::optional<ContactRow>& owner) {
  if (arrived.card.kind != CardKind::kContact) return true;
  return owner.has_value() && owner->identity == arrived.record.identity;
}

// Something of theirs was opened before, on another session.
Result<bool> was_heard_before(Engine& engine, ContactId contact) {
  const std::vector<SessionRow> rows = TRY(session_rows_of_contact(engine.db(), contact));
  return std::ranges::any_of(
      rows, [](const SessionRow& row) { return row.standing != SessionStanding::kPending; });
}

Status commit_session(Engine& engine, ContactRow& contact, const Arrived& arrived,
                      Responded& responded) {
  const SessionId sid = responded.session.id();
  if (TRY(was_heard_before(engine, contact.id)))
    TRY(note(engine, {NoticeKind::kNewSession, contact.id, 0}));
  TRY(save_session(engine.db(),
                   {.row = {sid, arrived.record.generation, SessionStanding::kOpened, std::nullopt},
                    .contact = contact.id,
                    .mailbox = arrived.card.mailbox,
                    .routes = {arrived.record.reply},
                    .unconfirmed_sends = 0,
                    .session = std::move(responded.session)}));
  const SelectionChange change =
      select_sessions(TRY(session_rows_of_contact(engine.db(), contact.id)), engine.today());
  for (const SessionRow& row : change.changed) TRY(save_session_row(engine.db(), row));
  for (const SessionId& dropped : change.dropped) TRY(erase_session(engine.db(), dropped));
  engine.outbox().on_session_opened(contact.id);
  if (change.sending == sid) engine.outbox().on_session_replaced(contact.id, sid, engine.now());
  return {};
}

Status retire_card(Engine& engine, const Arrived& arrived, ContactId contact) {
  const Day today = engine.today();
  if (arrived.card.kind == CardKind::kInvitation) {
    TRY(mark_card_used(engine.db(), arrived.card.number, contact, today));
    return close_mailbox(engine.db(), arrived.card.mailbox, used_invitation_kept_until(today));
  }
  if (arrived.card.kind == CardKind::kContact) {
    TRY(note_card_used(engine.db(), arrived.card.number, today));
    return set_card_secrets_until(engine.db(), arrived.card.number,
                                  replaced_secrets_kept_until(arrived.parsed, today));
  }
  return {};
}

// Only a fault of this device is an error; everything else is one more cell that does not open.
Result<FirstContactTaking> unopenable_or_fault(const Error& error) {
  if (error.code == kCannotNow) return fail(error);
  return FirstContactTaking::kUnopenable;
}

Result<FirstContactTaking> try_card(Engine& engine, const OwnCard& card, const Envelope& envelope) {
  if (!card.secrets.has_value()) return FirstContactTaking::kUnopenable;
  const Card parsed = TRY(decode_card(card.bytes));
  const CardKeys keys{.card = card_id(card.bytes),
                      .identity = parsed.identity,
                      .signing = parsed.signing,
                      .prekey_id = parsed.prekey_id,
                      .prekey = parsed.prekey,
                      .prekey_signature = parsed.prekey_signature,
                      .kem = parsed.kem};
  const Psk psk = psk_of(card.kind, card.link_secret.has_value() ? &*card.link_secret : nullptr);
  const ResponderKeys responder{engine.inner_identity(), keys, *card.secrets, psk};
  Result<GuestLetter> letter = GuestLetter::read(envelope, responder, engine.rng());
  if (!letter.has_value()) return unopenable_or_fault(letter.error());
  const FirstContactRecord record = letter->record();
  const Transcript transcript = letter->transcript();
  if (TRY(is_replayed(engine.db(), transcript))) return FirstContactTaking::kReplayed;
  const Arrived arrived{card, parsed, record};
  const std::optional<ContactRow> owner =
      card.contact.has_value()
          ? std::optional<ContactRow>(TRY(load_contact(engine.db(), *card.contact)))
          : std::nullopt;
  if (!is_allowed(arrived, owner)) return FirstContactTaking::kUnopenable;
  // FCT-6.6: another signing key is another person, whoever holds the identity key.
  const std::optional<ContactRow> known =
      TRY(find_contact_by_identity(engine.db(), record.identity));
  if (known.has_value() && known->signing != record.signing) {
    TRY(note(engine, {NoticeKind::kKeysChanged, known->id, 0}));
    return FirstContactTaking::kUnopenable;
  }

  Result<Responded> responded = std::move(*letter).accept(responder, engine.rng());
  if (!responded.has_value()) return unopenable_or_fault(responded.error());
  ContactRow contact = TRY(contact_for(engine, arrived));
  contact.heard = engine.today();
  TRY(commit_session(engine, contact, arrived, *responded));
  TRY(save_replay(engine.db(), transcript, secrets_kept_until(parsed)));
  TRY(save_accepted(engine.db(), digest_of(envelope), engine.today()));
  TRY(retire_card(engine, arrived, contact.id));
  TRY(take_content(engine, contact, responded->content.expose(kExpose)));
  TRY(update_contact(engine.db(), contact));
  return FirstContactTaking::kTaken;
}

}  // namespace

Result<FirstContactTaking> take_first_contact(Engine& engine, const OwnMailbox& mailbox,
                                              const Envelope& envelope) {
  bool used_before = false;
  for (const OwnCard& card : TRY(cards_of_mailbox(engine.db(), mailbox.id))) {
    used_before |= card.kind == CardKind::kInvitation && card.used.has_value();
    const FirstContactTaking taking = TRY(try_card(engine, card, envelope));
    if (taking != FirstContactTaking::kUnopenable) return taking;
  }
  if (used_before)
    TRY(note(engine, {NoticeKind::kInvitationTouched, std::nullopt, mailbox.id.value}));
  return FirstContactTaking::kUnopenable;
}

}  // namespace tocsin

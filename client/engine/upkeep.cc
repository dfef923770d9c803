#include "client/engine/upkeep.h"

#include "client/engine/evidence.h"
#include "client/engine/faults.h"
#include "client/engine/notices.h"
#include "client/engine/pairing.h"
#include "client/engine/reachability.h"
#include "client/engine/receiving.h"
#include "client/engine/removal.h"
#include "client/engine/sending.h"
#include "client/store/card_rows.h"
#include "client/store/message_rows.h"
#include "client/store/setting.h"
#include "crypto/base/codec.h"
#include "protocol/pairing/lifetime.h"

namespace tocsin {
namespace {

// Days this clock may be ahead of the last forgetting without a relay that says the same.
constexpr int kUncheckedDays = 3;

// What one contact or one relay makes impossible waits for a later round and stops nobody else.
Result<bool> unless_theirs(Result<bool> done) {
  if (!done.has_value() && !is_local_fault(done.error())) return false;
  return done;
}

Result<bool> keep_contact(Engine& engine, ContactRow& contact, const std::vector<OwnCard>& cards) {
  if (contact.standing == ContactStanding::kRequest) return false;
  const std::vector<SessionRow> sessions = TRY(session_rows_of_contact(engine.db(), contact.id));
  // Who waits for an invitation is given no mailbox: nobody could be told of it.
  if (sessions.empty()) return false;
  bool confirmed = false;
  for (const SessionRow& session : sessions) {
    confirmed |= session.standing == SessionStanding::kOpened;
  }
  return keep_reachable(engine, contact, cards, confirmed ? MayTell::kYes : MayTell::kNotYet);
}

Bytes clocks_of(const ContactRow& contact) {
  Bytes clocks = contact.inbox.receipts.encode();
  const Bytes healing = contact.inbox.healing.encode();
  clocks.insert(clocks.end(), healing.begin(), healing.end());
  return clocks;
}

// Receipts and healing envelopes leave on their own ticks.
Result<bool> keep_ticks(Engine& engine, ContactRow& contact) {
  const Instant now = engine.now();
  if (contact.standing != ContactStanding::kInvited &&
      contact.standing != ContactStanding::kAccepted)
    return false;
  const Bytes before = clocks_of(contact);
  const std::optional<Instant> tick = contact.inbox.receipts.tick(now, engine.rng());
  const std::optional<Instant> healing = contact.inbox.healing.due(now, engine.rng());
  // DLV-7.3: those queued before leave first.
  const bool may_leave = engine.outbox().waiting_ticks(contact.id) < kMaxTicksWaiting;
  const bool receipts_due = may_leave && tick.has_value() && *tick <= now;
  const bool healing_due = may_leave && healing.has_value() && *healing <= now;
  const std::uint64_t missing = contact.inbox.streams.report_missing(now);
  if (!receipts_due && !healing_due && missing == 0) {
    // A moment just chosen is kept, or it would be chosen anew, later, every time.
    if (clocks_of(contact) != before)
      TRY(engine.in_transaction([&] { return update_contact(engine.db(), contact); }));
    return false;
  }
  TRY(engine.in_transaction([&]() -> Status {
    if (missing > 0)
      TRY(note(engine,
               {NoticeKind::kMessagesLost, contact.id, static_cast<std::int64_t>(missing)}));
    const std::vector<Receipt> receipts =
        receipts_due ? contact.inbox.receipts.take(now) : std::vector<Receipt>();
    if (!receipts.empty()) {
      const Bytes content = TRY(encode_receipts(receipts));
      TRY(queue_message(engine, contact, {ContentKind::kReceipts, content}));
    } else if (healing_due) {
      TRY(queue_message(engine, contact, {ContentKind::kEmpty, {}}));
    }
    return update_contact(engine.db(), contact);
  }));
  return true;
}

// A contact who was away all the time since another mailbox took this one's place may still write
// to it: it is read until they are heard, for a year and more.
Result<bool> may_not_know_of_another(Engine& engine, const OwnMailbox& mailbox) {
  if (!mailbox.contact.has_value() || !mailbox.last_day.has_value()) return false;
  const ContactRow contact = TRY(load_contact(engine.db(), *mailbox.contact));
  const Day replaced = days_before(*mailbox.last_day, kReplacedContactSecretsDays);
  return contact.heard <= replaced && engine.today() <= days_after(replaced, kContactCardDays);
}

// Boards of invitations that were used or have expired, and mailboxes past their last day.
Result<bool> tidy_relays(Engine& engine, const std::vector<OwnCard>& cards) {
  bool moved = false;
  for (const OwnCard& card : cards) {
    if (card.kind != CardKind::kInvitation || !card.published || !card.writer_secret.has_value())
      continue;
    const Card parsed = TRY(decode_card(card.bytes));
    if (!card.used.has_value() && engine.today() <= parsed.until) continue;
    const OwnMailbox mailbox = TRY(load_mailbox(engine.db(), card.mailbox));
    const RelayRow relay = TRY(load_relay(engine.db(), mailbox.relay));
    if (!engine.may_ask(relay.id)) continue;
    const Status deleted = engine.relays().delete_board(relay, *card.writer_secret);
    if (!deleted.has_value() && deleted.error().code != kRelayRefused) {
      engine.note_unhelpful(relay.id);
      continue;
    }
    TRY(engine.in_transaction([&] { return mark_board_deleted(engine.db(), card.number); }));
    moved = true;
  }
  for (const OwnMailbox& mailbox : TRY(all_mailboxes(engine.db()))) {
    if (!mailbox.last_day.has_value() || engine.today() <= *mailbox.last_day) continue;
    if (TRY(is_somebodys_only_mailbox(engine.db(), mailbox.id))) continue;
    if (TRY(may_not_know_of_another(engine, mailbox))) continue;
    const RelayRow relay = TRY(load_relay(engine.db(), mailbox.relay));
    if (!engine.may_ask(relay.id)) continue;
    const Status deleted = engine.relays().delete_mailbox(relay, mailbox);
    if (!deleted.has_value() && deleted.error().code != kRelayRefused) {
      engine.note_unhelpful(relay.id);
      continue;
    }
    TRY(engine.in_transaction([&] { return erase_own_mailbox(engine, mailbox.id); }));
    moved = true;
  }
  return moved;
}

// Nobody accepted it in time: what was deposited late is still taken, then the mailbox goes.
Status close_expired_invitations(Engine& engine) {
  for (const OwnCard& card : TRY(all_cards(engine.db()))) {
    if (card.kind != CardKind::kInvitation || card.used.has_value() ||
        engine.today() <= TRY(decode_card(card.bytes)).until)
      continue;
    if (!TRY(load_mailbox(engine.db(), card.mailbox)).last_day.has_value())
      TRY(close_mailbox(engine.db(), card.mailbox, card.secrets_until));
  }
  return {};
}

// Nothing for a vault in which nothing was ever forgotten.
Result<std::optional<Day>> last_forgetting(Engine& engine) {
  const std::optional<SecretBytes> stored = TRY(find_setting(engine.db(), setting::kForgotOn));
  if (!stored.has_value()) return std::nullopt;
  Reader reader(stored->expose(kExpose));
  const Day day{reader.integer<std::uint32_t>()};
  TRY(reader.finish("last forgetting"));
  return day;
}

// PAI-6.5: a clock set far forward, by whoever serves the time or by an empty battery, must not
// wipe what other people's messages still need, nor delete it at a relay. A small step needs
// nobody's word.
Result<bool> may_forget(Engine& engine) {
  const std::optional<Day> last = TRY(last_forgetting(engine));
  if (!last.has_value() || engine.today() <= days_after(*last, kUncheckedDays)) return true;
  const std::optional<Day> rough = engine.relays().rough_day();
  return rough.has_value() && engine.today() <= days_after(*rough, kUncheckedDays);
}

Status forget_old(Engine& engine) {
  return engine.in_transaction([&]() -> Status {
    Writer today;
    today.integer(engine.today().value);
    TRY(save_setting(engine.db(), setting::kForgotOn, today.view()));
    TRY(close_expired_invitations(engine));
    TRY(forget_accepted(engine.db(), engine.today()));
    TRY(forget_seen(engine.db(), seen_kept_from(engine.today())));
    TRY(wipe_old_card_secrets(engine.db(), engine.today()));
    for (const DroppedMessage& dropped : engine.assembler().expire(engine.today())) {
      TRY(erase_fragments(engine.db(), dropped.message));
    }
    for (const ContactRow& contact : TRY(all_contacts(engine.db()))) {
      if (contact.keep_days > 0)
        TRY(erase_said_before(
            engine.db(), contact.id,
            milliseconds_after(engine.now(), -std::int64_t{contact.keep_days} * kDaySpan)));
      for (StoredSession& stored : TRY(sessions_of_contact(engine.db(), contact.id))) {
        if (stored.session.forget(engine.today())) TRY(save_session(engine.db(), stored));
      }
      const SelectionChange change =
          select_sessions(TRY(session_rows_of_contact(engine.db(), contact.id)), engine.today());
      for (const SessionRow& row : change.changed) TRY(save_session_row(engine.db(), row));
      for (const SessionId& sid : change.dropped) TRY(erase_session(engine.db(), sid));
    }
    return {};
  });
}

}  // namespace

Result<bool> keep_up(Engine& engine) {
  bool moved = false;
  const std::vector<OwnCard> cards = TRY(all_cards(engine.db()));
  for (ContactRow& contact : TRY(all_contacts(engine.db()))) {
    if (contact.standing == ContactStanding::kLeaving ||
        contact.standing == ContactStanding::kEnded) {
      moved |= TRY(unless_theirs(finish_leaving(engine, contact)));
      continue;
    }
    moved |= TRY(unless_theirs(keep_contact(engine, contact, cards)));
    contact = TRY(load_contact(engine.db(), contact.id));  // as it is after a failed transaction
    moved |= TRY(unless_theirs(keep_ticks(engine, contact)));
  }
  if (TRY(may_forget(engine))) {
    moved |= TRY(unless_theirs(tidy_relays(engine, cards)));
    moved |= TRY(unless_theirs(tidy_left_relays(engine, cards)));
    if (TRY(last_forgetting(engine)) != engine.today()) TRY(forget_old(engine));
  }
  if (KemPool* pool = engine.kem_pool(); pool != nullptr) pool->refill(engine.rng());
  // What was deleted leaves the write-ahead log within a second, also when nothing else is written.
  const std::optional<Instant> maintenance = engine.db().next_maintenance();
  if (maintenance.has_value() && *maintenance <= engine.now())
    TRY(engine.db().maintain(engine.now()));
  return moved;
}

Status watch_mailboxes(Engine& engine) {
  const std::vector<RelayRow> relays = TRY(all_relays(engine.db()));
  const std::vector<OwnMailbox> mailboxes = TRY(all_mailboxes(engine.db()));
  engine.relays().watch(relays, mailboxes);
  return {};
}

Result<bool> step(Engine& engine, Instant until) {
  TRY(watch_mailboxes(engine));
  const Result<bool> kept = keep_up(engine);
  const Result<bool> files = move_evidence(engine);
  const Result<SendRound> sent = send_due(engine);
  const bool moved =
      kept.value_or(false) || (sent.has_value() && (sent->sealed > 0 || sent->deposited > 0));
  // Whatever went wrong before: what others wrote is still taken in.
  const std::size_t received =
      TRY(receive_due(engine, moved || files.value_or(false) ? engine.now() : until));
  if (!kept.has_value()) return fail(kept.error());
  if (!files.has_value()) return fail(files.error());
  if (!sent.has_value()) return fail(sent.error());
  return moved || received > 0;
}

}  // namespace tocsin

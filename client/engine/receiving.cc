#include "client/engine/receiving.h"

#include <map>

#include "client/engine/contents.h"
#include "client/engine/first_contacts.h"
#include "client/engine/notices.h"
#include "crypto/base/overloaded.h"

namespace tocsin {
namespace {

// Sessions whose header keys are tried for one cell: bounded work for whatever a stranger deposits.
constexpr std::size_t kMostCandidates = 64;
// Cells in a row that do not open before the person hears of it (session.md, reaction).
constexpr std::uint32_t kOutOfStepRun = 16;
// Cells of one mailbox kept while this device cannot take them. A relay that keeps to its credit
// (MBX-10.1) never gets there; what one pushes beyond it is not kept.
constexpr std::size_t kMaxWaitingCells = kMaxCredit;

// The session a cell is for: those heard on this mailbox, and all of the contact who owns it.
Result<std::optional<StoredSession>> recognise(Engine& engine, MailboxId mailbox,
                                               std::optional<ContactId> contact,
                                               const Envelope& envelope) {
  std::vector<StoredSession> candidates =
      TRY(sessions_of_mailbox(engine.db(), mailbox, kMostCandidates));
  if (contact.has_value()) {
    for (StoredSession& session : TRY(sessions_of_contact(engine.db(), *contact))) {
      candidates.push_back(std::move(session));
    }
  }
  for (StoredSession& candidate : candidates) {
    if (candidate.session.recognises(envelope))
      return std::optional<StoredSession>(std::move(candidate));
  }
  return std::optional<StoredSession>();
}

// After something changed a session's standing: which one sends, which may go.
Status reselect(Engine& engine, ContactId contact) {
  const SelectionChange change =
      select_sessions(TRY(session_rows_of_contact(engine.db(), contact)), engine.today());
  for (const SessionRow& row : change.changed) TRY(save_session_row(engine.db(), row));
  for (const SessionId& sid : change.dropped) TRY(erase_session(engine.db(), sid));
  return {};
}

Status count_unopenable(Engine& engine, ContactId id) {
  ContactRow contact = TRY(load_contact(engine.db(), id));
  ++contact.unopenable_run;
  if (contact.unopenable_run == kOutOfStepRun)
    TRY(note(engine, {NoticeKind::kOutOfStep, id, kOutOfStepRun}));
  return update_contact(engine.db(), contact);
}

Result<Taking> stop_session(Engine& engine, StoredSession& stored, NoticeKind kind) {
  // The state stays as it was; only that this session no longer sends is remembered.
  stored.row.standing = SessionStanding::kStopped;
  TRY(save_session_row(engine.db(), stored.row));
  TRY(note(engine, {kind, stored.contact, 0}));
  return Taking::kAlarm;
}

Result<Taking> take_opened(Engine& engine, StoredSession& stored, const Opened& opened) {
  const bool first_word = stored.row.standing == SessionStanding::kPending;
  if (first_word) stored.row.standing = SessionStanding::kOpened;
  TRY(save_session(engine.db(), stored));
  if (first_word) {
    TRY(reselect(engine, stored.contact));
    engine.outbox().on_session_opened(stored.contact);
    engine.outbox().on_session_replaced(stored.contact, stored.row.id, engine.now());
  }
  ContactRow contact = TRY(load_contact(engine.db(), stored.contact));
  contact.unopenable_run = 0;
  contact.heard = engine.today();
  if (contact.standing == ContactStanding::kInvited) contact.standing = ContactStanding::kAccepted;
  if (opened.lost > 0) TRY(note(engine, {NoticeKind::kMessagesLost, contact.id, opened.lost}));
  TRY(take_content(engine, contact, opened.content.expose(kExpose)));
  TRY(update_contact(engine.db(), contact));
  return Taking::kOpened;
}

Result<Taking> take_in_session(Engine& engine, StoredSession& stored, const Envelope& envelope) {
  const OpenOutcome outcome =
      stored.session.open(envelope, {engine.inner_identity(), engine.rng(), engine.today()});
  const Taking taking = TRY(
      std::visit(Overloaded{
                     [&](const Opened& opened) -> Result<Taking> {
                       return take_opened(engine, stored, opened);
                     },
                     [&](const Duplicate&) -> Result<Taking> { return Taking::kDuplicate; },
                     [&](const Unopenable&) -> Result<Taking> {
                       if (commit_of(outcome) == OpenCommit::kSession)
                         TRY(save_session(engine.db(), stored));
                       TRY(count_unopenable(engine, stored.contact));
                       return Taking::kUnopenable;
                     },
                     [&](const Forked&) -> Result<Taking> {
                       return stop_session(engine, stored, NoticeKind::kForked);
                     },
                     [&](const RolledBack&) -> Result<Taking> {
                       return stop_session(engine, stored, NoticeKind::kRolledBack);
                     },
                     [&](const CannotNow& fault) -> Result<Taking> { return fail(fault.error); },
                 },
                 outcome));
  if (commit_of(outcome) != OpenCommit::kNothing) {
    TRY(save_accepted(engine.db(), digest_of(envelope), engine.today()));
  }
  return taking;
}

// In the session it is for, or as the first contact of a new one.
Result<Taking> take_anywhere(Engine& engine, const OwnMailbox& mailbox, const Envelope& envelope) {
  if (TRY(is_accepted(engine.db(), digest_of(envelope)))) return Taking::kDuplicate;
  const std::optional<ContactId> contact = TRY(contact_of_mailbox(engine.db(), mailbox.id));
  std::optional<StoredSession> stored = TRY(recognise(engine, mailbox.id, contact, envelope));
  if (stored.has_value()) return take_in_session(engine, *stored, envelope);
  const FirstContactTaking first = TRY(take_first_contact(engine, mailbox, envelope));
  if (first == FirstContactTaking::kTaken) return Taking::kOpened;
  if (first == FirstContactTaking::kReplayed) return Taking::kDuplicate;
  if (contact.has_value()) TRY(count_unopenable(engine, *contact));
  return Taking::kUnopenable;
}

}  // namespace

// flow 8/8: opened, stored and only then acknowledged.
Result<Taking> take_envelope(Engine& engine, const OwnMailbox& mailbox, const Envelope& envelope) {
  return engine.in_transaction([&]() -> Result<Taking> {
    const Taking taking = TRY(take_anywhere(engine, mailbox, envelope));
    // WIR-12.2: what does not open, whoever deposited it, keeps no lane.
    if (taking == Taking::kOpened) TRY(note_active(engine.db(), mailbox.id, engine.now().hour()));
    return taking;
  });
}

namespace {

// Oldest first; at a cell that cannot be taken the later ones of its mailbox stay behind it.
Result<std::size_t> take_waiting(Engine& engine, MailboxId id, std::optional<Sequence>& through) {
  auto& cells = engine.waiting_cells()[id];
  const Result<OwnMailbox> mailbox = load_mailbox(engine.db(), id);
  std::size_t taken = 0;
  for (auto cell = cells.begin(); cell != cells.end(); cell = cells.erase(cell), ++taken) {
    // Of a mailbox that was given up meanwhile: nobody waits for it.
    if (!mailbox.has_value() && mailbox.error().code != kNotFound) return fail(mailbox.error());
    if (mailbox.has_value()) {
      static_cast<void>(TRY(take_envelope(engine, *mailbox, cell->second)));
    }
    through = cell->first;
  }
  engine.waiting_cells().erase(id);
  return taken;
}

// Still ours, and still read.
Result<bool> is_open(Engine& engine, MailboxId id) {
  for (const OwnMailbox& mailbox : TRY(all_mailboxes(engine.db())))
    if (mailbox.id == id)
      return !mailbox.last_day.has_value() || engine.today() <= *mailbox.last_day;
  return false;
}

}  // namespace

Result<std::size_t> receive_due(Engine& engine, Instant until) {
  for (Delivery& delivery : engine.relays().receive(until)) {
    auto& cells = engine.waiting_cells()[delivery.mailbox];
    if (cells.size() >= kMaxWaitingCells) continue;
    cells.insert_or_assign(delivery.sequence, delivery.envelope);
  }
  std::vector<MailboxId> mailboxes;
  for (const auto& [mailbox, cells] : engine.waiting_cells()) mailboxes.push_back(mailbox);
  std::size_t count = 0;
  std::optional<Error> fault;
  for (const MailboxId mailbox : mailboxes) {
    std::optional<Sequence> through;
    const Result<std::size_t> taken = take_waiting(engine, mailbox, through);
    if (through.has_value()) engine.relays().acknowledge(mailbox, *through);
    if (taken.has_value()) {
      count += *taken;
    } else {
      fault = taken.error();
    }
  }
  for (const MailboxId mailbox : engine.relays().superseded()) {
    // A mailbox that we have just deleted, or closed, hears the same.
    if (!TRY(is_open(engine, mailbox))) continue;
    const std::optional<ContactId> contact = TRY(contact_of_mailbox(engine.db(), mailbox));
    TRY(engine.in_transaction([&] { return note(engine, {NoticeKind::kSuperseded, contact, 0}); }));
  }
  if (fault.has_value()) return fail(*fault);
  return count;
}

}  // namespace tocsin

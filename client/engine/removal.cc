#include "client/engine/removal.h"

#include <unistd.h>

#include <algorithm>

#include "client/engine/evidence.h"
#include "client/engine/notices.h"
#include "client/engine/organisation.h"
#include "client/engine/sending.h"
#include "client/store/alert_rows.h"
#include "client/store/card_rows.h"
#include "client/store/contact_rows.h"
#include "client/store/message_rows.h"
#include "client/store/relay_rows.h"

namespace tocsin {
namespace {

// What no relay took in a week is not worth being kept known for.
constexpr std::int64_t kLeavingSpan = 7 * kDaySpan;

// Without their seat another charter would come of it than the one everybody was asked for.
Result<std::vector<std::string>> give_up_foundings(Engine& engine, ContactId id) {
  std::vector<std::string> given_up;
  for (const FoundingRow& founding : TRY(all_foundings(engine.db()))) {
    if (TRY(is_concluded(engine, founding))) continue;
    const std::vector<SeatRow> seats = TRY(seats_of(engine.db(), founding.id));
    const bool has_seat =
        std::ranges::find(seats, std::optional(id), &SeatRow::contact) != seats.end();
    if (!has_seat && founding.asked_by != id) continue;
    TRY(erase_founding(engine.db(), founding.id));
    given_up.push_back(founding.organisation);
  }
  return given_up;
}

// Whoever said farewell is written to no more, and what they could still write to goes.
Status close_contact(Engine& engine, ContactId id) {
  return engine.in_transaction([&]() -> Status {
    ContactRow contact = TRY(load_contact(engine.db(), id));
    const std::vector<SessionRow> sessions = TRY(session_rows_of_contact(engine.db(), id));
    // Theirs may still be there: what begins anew must go before it.
    contact.least_generation = std::max(contact.least_generation, next_generation(sessions));
    for (const SessionRow& session : sessions) TRY(erase_session(engine.db(), session.id));
    if (TRY(give_up_outgoing(engine.db(), id)) > 0)
      TRY(note(engine, {NoticeKind::kUndelivered, id, 0}));
    TRY(forget_charters_shown_to(engine.db(), id));
    TRY(release_published_cards(engine.db(), id));
    TRY(erase_contact_cards(engine.db(), id));
    const std::vector<MailboxId> mailboxes = TRY(mailboxes_for_contact(engine.db(), id));
    contact.mailbox.reset();
    contact.routes.clear();
    contact.peer_card.reset();
    TRY(update_contact(engine.db(), contact));
    for (const MailboxId mailbox : mailboxes) {
      TRY(take_from_contact(engine.db(), mailbox));
      if (!TRY(is_mailbox_in_use(engine.db(), mailbox)))
        TRY(close_mailbox(engine.db(), mailbox, days_before(engine.today(), 1)));
    }
    return engine.reload();
  });
}

bool may_still_leave(const OutboxRow& row) {
  if (row.given_up || row.progress >= Progress::kAtRelay) return false;
  // Where every relay refused it they are not reached any more: they may have left themselves.
  return row.copies.empty() || std::ranges::any_of(row.copies, [](const CopyRow& copy) {
           return copy.state != CopyState::kRefused;
         });
}

}  // namespace

Result<std::vector<std::string>> take_leave(Engine& engine, ContactId id) {
  return engine.in_transaction([&]() -> Result<std::vector<std::string>> {
    ContactRow contact = TRY(load_contact(engine.db(), id));
    const Instant end = milliseconds_after(engine.now(), kLeavingSpan);
    TRY(cancel_evidence_with(engine, contact));
    TRY(queue_message(engine, contact, {ContentKind::kFarewell, {}, end}));
    contact.standing = ContactStanding::kLeaving;
    TRY(update_contact(engine.db(), contact));
    return give_up_foundings(engine, id);
  });
}

Result<bool> finish_leaving(Engine& engine, const ContactRow& contact) {
  if (contact.standing == ContactStanding::kEnded) {
    const bool is_open = contact.mailbox.has_value() || contact.peer_card.has_value() ||
                         !TRY(session_rows_of_contact(engine.db(), contact.id)).empty();
    if (!is_open) return false;
    TRY(close_contact(engine, contact.id));
    return true;
  }
  if (contact.standing != ContactStanding::kLeaving) return false;
  for (const OutboxRow& row : TRY(all_outbox_rows(engine.db())))
    if (row.contact == contact.id && row.kind == ContentKind::kFarewell && may_still_leave(row))
      return false;
  TRY(remove_contact(engine, contact.id));
  return true;
}

Result<std::vector<std::string>> remove_contact(Engine& engine, ContactId id) {
  const std::vector<std::string> files = TRY(files_made_for(engine, id));
  auto removed = engine.in_transaction([&]() -> Result<std::vector<std::string>> {
    TRY(load_contact(engine.db(), id));
    std::vector<std::string> given_up = TRY(give_up_foundings(engine, id));
    const std::vector<MailboxId> mailboxes = TRY(mailboxes_for_contact(engine.db(), id));
    TRY(release_published_cards(engine.db(), id));
    TRY(erase_drafts_about(engine.db(), id));
    TRY(erase_contact(engine.db(), id));  // their mailboxes are nobody's from here on
    for (const MailboxId mailbox : mailboxes) {
      if (!TRY(is_mailbox_in_use(engine.db(), mailbox)))
        TRY(close_mailbox(engine.db(), mailbox, days_before(engine.today(), 1)));
    }
    // What was about to be sent to them, and halves of what they sent, went with the rows.
    TRY(engine.reload());
    return given_up;
  });
  // Nobody knows of them any more. What is gone already is fine; the rest its owner sees.
  if (removed.has_value())
    for (const std::string& path : files) static_cast<void>(::unlink(path.c_str()));
  return removed;
}

}  // namespace tocsin

#include "client/engine/removal.h"

#include <algorithm>

#include "client/engine/organisation.h"
#include "client/store/alert_rows.h"
#include "client/store/card_rows.h"
#include "client/store/contact_rows.h"
#include "client/store/relay_rows.h"

namespace tocsin {
namespace {

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

}  // namespace

Result<std::vector<std::string>> remove_contact(Engine& engine, ContactId id) {
  return engine.in_transaction([&]() -> Result<std::vector<std::string>> {
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
}

}  // namespace tocsin

#include "client/engine/removal.h"

#include "client/store/contact_rows.h"
#include "client/store/relay_rows.h"

namespace tocsin {

Status remove_contact(Engine& engine, ContactId id) {
  TRY(engine.in_transaction([&]() -> Status {
    TRY(load_contact(engine.db(), id));
    const std::vector<MailboxId> mailboxes = TRY(mailboxes_for_contact(engine.db(), id));
    TRY(erase_contact(engine.db(), id));
    for (const MailboxId mailbox : mailboxes) {
      if (!TRY(is_mailbox_in_use(engine.db(), mailbox)))
        TRY(close_mailbox(engine.db(), mailbox, days_before(engine.today(), 1)));
    }
    return {};
  }));
  // What was about to be sent to them, and halves of what they sent, went with the rows.
  return engine.reload();
}

}  // namespace tocsin

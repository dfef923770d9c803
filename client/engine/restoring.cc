#include "client/engine/restoring.h"

#include <algorithm>

#include "client/engine/notices.h"
#include "client/engine/session_opening.h"
#include "client/store/backup_rows.h"
#include "client/store/schema.h"
#include "client/store/setting.h"
#include "crypto/base/codec.h"
#include "protocol/delivery/stream.h"
#include "protocol/pairing/issue_card.h"

namespace tocsin {
namespace {

// Above everything that the original, or another vault out of the same backup, may have reached:
// both go up by one at a time, and never as fast as a clock (VLT-9.4).
std::uint32_t leap(std::uint32_t last, Instant now) {
  const auto seconds = static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(now.milliseconds / kSecond, 0, std::int64_t{UINT32_MAX} / 2));
  return std::max(number_after_restore(last), seconds);
}

Status leap_over_card_numbers(Database& db, Instant now) {
  std::uint32_t last = 0;
  if (const auto stored = TRY(find_setting(db, setting::kHighestCard)); stored.has_value()) {
    Reader reader(stored->expose(kExpose));
    last = reader.integer<std::uint32_t>();
    TRY(reader.finish("card number"));
  }
  return save_setting(db, setting::kHighestCard, Writer().integer(leap(last, now)).view());
}

}  // namespace

Status fill_backup(Database& vault, const Path& copy, const DatabaseKey& key) {
  TRY(std::move(TRY(Database::create(copy, key, vault_database_options()))).close());
  return vault.copy_rows_to(copy, key, backup_statements());
}

Status fill_move(Database& vault, const Path& copy, const DatabaseKey& key) {
  TRY(vault.copy_to(copy, key));
  // Of a vault that writes its copy once more.
  Database moved = TRY(Database::open(copy, key, vault_database_options()));
  TRY(erase_setting(moved, setting::kMovedAway));
  return std::move(moved).close();
}

Status mark_moved(Database& vault) {
  TRY(save_setting(vault, setting::kMovedAway, Bytes{1}));
  return vault.checkpoint();
}

Status take_mark_back(Database& vault) {
  TRY(erase_setting(vault, setting::kMovedAway));
  return vault.checkpoint();
}

Status check_not_moved(Database& vault) {
  if (TRY(find_setting(vault, setting::kMovedAway)).has_value()) return fail(kMovedAway, "vault");
  return {};
}

void begin_streams_anew(ContactRow& contact, Rng& rng) {
  const SendingStream stream = SendingStream::create(rng);
  contact.stream = stream.stream();
  contact.next_sequence = stream.next();
  contact.inbox = InboxContact{};
  contact.unopenable_run = 0;
}

Result<std::optional<Restored>> finish_restore(Engine& engine) {
  if (!TRY(find_setting(engine.db(), setting::kCopy)).has_value()) return std::optional<Restored>();
  return engine.in_transaction([&]() -> Result<std::optional<Restored>> {
    Restored restored;
    TRY(leap_over_card_numbers(engine.db(), engine.now()));
    for (ContactRow& contact : TRY(all_contacts(engine.db()))) {
      begin_streams_anew(contact, engine.rng());
      contact.least_generation = leap(contact.least_generation, engine.now());
      TRY(update_contact(engine.db(), contact));
      const Status begun = begin_session(engine, contact);
      if (begun.has_value()) continue;
      // No card of theirs to write to, or one whose days are over.
      if (begun.error().code != kNotReady && begun.error().code != kBadCard)
        return fail(begun.error());
      TRY(note(engine, {NoticeKind::kOutOfReach, contact.id, 0}));
      restored.out_of_reach.push_back(contact.petname);
    }
    TRY(erase_setting(engine.db(), setting::kCopy));
    return std::optional(std::move(restored));
  });
}

}  // namespace tocsin

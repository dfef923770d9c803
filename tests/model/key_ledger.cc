#include "tests/model/key_ledger.h"

#include <algorithm>
#include <ranges>

#include "crypto/ratchet/session_state.h"

namespace tocsin::model {

void KeyLedger::on_deposit(int client, Database& db, ContactId contact, const Envelope& envelope) {
  ++envelopes_;
  const Correspondence with{client, contact.value};
  std::vector<Known>& known = keys_[with];
  if (note(client, known, envelope)) return;
  learn(db, contact, known);
  if (!note(client, known, envelope)) first_contacts_[with].insert(digest_of(envelope));
}

bool KeyLedger::note(int client, const std::vector<Known>& known, const Envelope& envelope) {
  for (const Known& key : std::views::reverse(known)) {
    const Result<OuterHeaderBytes> opened = open_header(key.sid, key.header, envelope);
    if (!opened.has_value()) continue;
    const OuterHeader header = decode_header(opened->view()).value();
    const auto place =
        bodies_.try_emplace({client % kPeople, key.sid, header.number}, header.body).first;
    if (place->second != header.body) ++reused_;
    return true;
  }
  return false;
}

// Header keys live as long as their epoch: asked for at the first envelope of each.
void KeyLedger::learn(Database& db, ContactId contact, std::vector<Known>& known) {
  std::vector<StoredSession> sessions = sessions_of_contact(db, contact).value();
  for (StoredSession& stored : sessions) {
    const std::optional<Sending>& sending = state_of(stored.session).sending;
    if (!sending.has_value()) continue;
    const bool have = std::ranges::any_of(known, [&](const Known& key) {
      return key.sid == stored.row.id && key.epoch == sending->epoch;
    });
    if (!have) known.push_back({stored.row.id, sending->epoch, sending->header.duplicate()});
  }
}

std::size_t KeyLedger::unexplained() const {
  std::size_t count = 0;
  for (const auto& [with, digests] : first_contacts_) count += digests.size() - 1;
  return count;
}

}  // namespace tocsin::model

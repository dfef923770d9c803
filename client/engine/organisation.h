// client/engine/organisation.h: founding an organisation, offering its charter, confirming one.
//
// Spec:    protocol/spec/charter.md CHA-6, CHA-7
// Errors:  no_such_organisation, not_ready, not_confirmed, bad_charter, those of crypto/db
// Threads: the engine's
#pragma once

#include <string>
#include <vector>

#include "client/engine/engine.h"
#include "client/store/organisation_rows.h"

namespace tocsin {

// no_such_organisation.
Result<OrganisationRow> organisation_of(Engine& engine, const CharterId& id);
// Into the session with a contact, inside the caller's transaction; nothing for one who ended it.
Status send_charter_message(Engine& engine, ContactId to, const CharterMessage& message);

struct SeatOrder {
  std::string name;                  // how the charter names this holder
  std::optional<ContactId> contact;  // none: the key is given, or both come as files (carrying.h)
  std::optional<SigningPublic> key;  // made here: ours, or one that lives offline in a file
};
struct FoundingOrder {
  std::string organisation;
  std::uint8_t threshold = kDefaultThreshold;
  std::string our_name;
  std::vector<SeatOrder> others;
};
// Asks every other holder for a key; our own is made here. Returns the founding's id.
Result<FoundingId> found_organisation(Engine& engine, const FoundingOrder& order);

// The organisation it was for exists.
Result<bool> is_concluded(Engine& engine, const FoundingRow& founding);

// What `org sign` does next for a founding: give our key, or sign the charter that names it.
enum class FoundingStep : std::uint8_t { kKeyGiven = 1, kCharterSigned = 2, kWaiting = 3 };
struct Part {
  FoundingStep step = FoundingStep::kWaiting;
  std::optional<CharterMessage> to_carry;  // the answer, when the question came as a file
};
// A question from a file is answered as often as it is asked: the answer may be lost on its way.
Result<Part> take_part(Engine& engine, const FoundingId& id);
// A signature made by a holder's key that is not in this vault.
Status sign_founding_with(Engine& engine, const FoundingId& id, const SigningSecret& secret);

// Sends the whole chain to a contact who does not have the newest version from us.
Status offer_charter(Engine& engine, const CharterId& charter, ContactRow& contact);

struct Confirmation {
  CharterId charter;
  ConfirmedBy how;
  std::vector<std::string>
      words;  // compared with the charter's; empty for forms that carry the id themselves
};
// Pins an organisation. Its charter must have been offered before; words that differ change
// nothing.
Status confirm_organisation(Engine& engine, const Confirmation& confirmation);

// A content of kind charter, inside the caller's transaction.
Status take_charter(Engine& engine, ContactRow& contact, const IncomingMessage& message);
// Who said it: a contact in a session, or nobody: a file carried by hand.
using Sender = std::optional<ContactId>;
Status take_charter_message(Engine& engine, const Sender& from, const CharterMessage& message);

// Every organisation in the form verdicts are made from; borrows from `rows`.
std::vector<KnownOrganisation> known_organisations(const std::vector<OrganisationRow>& rows);

}  // namespace tocsin

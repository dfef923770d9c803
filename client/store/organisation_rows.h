// client/store/organisation_rows.h: organisations, foundings, and our own alert keys.
//
// Secrets: alert signing keys
// Errors:  not_found, damaged, those of crypto/db
// Threads: as the database
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/db/database.h"
#include "protocol/alert/founding.h"
#include "protocol/alert/verdict.h"

namespace tocsin {

struct OrganisationRow {
  CharterChain chain;
  std::string petname;  // empty: the charter's own name
  ConfirmedBy confirmed = ConfirmedBy::kNothing;
  Day confirmed_on;
  std::optional<ContactId> offered_by;
};
Status save_organisation(Database& db, const OrganisationRow& row);
Result<std::optional<OrganisationRow>> find_organisation(Database& db, const CharterId& id);
// Oldest first; the order is stable, so that a number shown stays right.
Result<std::vector<OrganisationRow>> all_organisations(Database& db);

struct FoundingRow {
  FoundingId id;
  std::string organisation;
  std::uint8_t threshold = kDefaultThreshold;
  std::optional<ContactId> asked_by;  // none: ours, or asked by a file
  bool by_file = false;
  std::string our_name;
  std::optional<Dsse> proposal;
  bool signed_by_us = false;
  std::optional<CharterId> base = std::nullopt;  // whose next version it is; none: a new one

  bool is_ours() const { return !asked_by.has_value() && !by_file; }
};
Status save_founding(Database& db, const FoundingRow& row);
Result<std::optional<FoundingRow>> find_founding(Database& db, const FoundingId& id);
Result<std::vector<FoundingRow>> all_foundings(Database& db);
// With its seats and the key made here for it.
Status erase_founding(Database& db, const FoundingId& id);

struct SeatRow {
  std::uint8_t seat = 0;
  std::string name;
  std::optional<ContactId> contact;
  std::optional<SigningPublic> key;
};
Status save_seat(Database& db, const FoundingId& founding, const SeatRow& seat);
Result<std::vector<SeatRow>> seats_of(Database& db, const FoundingId& founding);

Status insert_holder_key(Database& db, const SigningSecret& secret, const FoundingId& founding);
Result<bool> has_holder_key(Database& db, const FoundingId& founding);
// The key made for a founding, and its public half.
Result<std::optional<SigningSecret>> holder_secret_of(Database& db, const FoundingId& founding);
Result<std::optional<SigningPublic>> holder_key_of(Database& db, const FoundingId& founding);
Result<std::optional<SigningSecret>> find_holder_key(Database& db, const SigningPublic& key);
// Our key among a charter's holders.
Result<std::optional<SigningSecret>> our_key_in(Database& db, const Charter& charter);

// Holders who are asked to sign a next version beside the colleagues known.
Status save_colleague_to_ask(Database& db, const FoundingId& founding, ContactId contact);
Result<std::vector<ContactId>> colleagues_to_ask(Database& db, const FoundingId& founding);

// A holder who goes; when the key was a contact's own, nothing more is sent to them for any other.
Status erase_colleague(Database& db, const CharterId& charter, const SigningPublic& key);
// Everybody who was sent some version from here.
Result<std::vector<ContactId>> offered_to(Database& db, const CharterId& charter);
// By whom a holder is reached: the key is this contact's own, or they pass on to whose it is.
enum class HolderReached : std::uint8_t { kThrough, kThemselves };
Status save_colleague(Database& db, const CharterId& charter, const SigningPublic& key,
                      ContactId contact, HolderReached how);
// The key that is this contact's own, as far as it is known here.
Result<std::optional<SigningPublic>> own_key_of(Database& db, const CharterId& charter,
                                                ContactId contact);
// Whose own this key is.
Result<std::optional<ContactId>> owner_of(Database& db, const CharterId& charter,
                                          const SigningPublic& key);
Result<std::vector<ContactId>> colleagues_of(Database& db, const CharterId& charter);

// Which charters they were shown, and whose holder they are: another person, or nobody, by now.
Status forget_charters_shown_to(Database& db, ContactId contact);
Result<std::uint32_t> offered_version(Database& db, const CharterId& charter, ContactId contact);
Status save_offered(Database& db, const CharterId& charter, ContactId contact,
                    std::uint32_t version);

}  // namespace tocsin

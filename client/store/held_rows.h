// client/store/held_rows.h: how much of one contact's a vault keeps before the person has dealt
// with it.
//
// Spec:    protocol/spec/content.md CNT-7
// Errors:  those of crypto/db
// Threads: as the database
#pragma once

#include "client/store/relay_rows.h"
#include "protocol/session/assembler.h"

namespace tocsin {

// A person who reads now and then never meets these; a contact who floods fills no more than this.
inline constexpr std::int64_t kMaxUnreadTexts = 4096;
inline constexpr std::int64_t kMaxUnreadTextBytes = std::int64_t{16} * 1024 * 1024;
inline constexpr std::int64_t kMaxAlertsHeld = 256;
inline constexpr std::int64_t kMaxDraftsUnanswered = 64;
inline constexpr std::int64_t kMaxFoundingsAsked = 16;
// Each is read, with every signature in it, whenever an alert is judged.
inline constexpr std::int64_t kMaxOrganisationsOffered = 8;

// Whether one more message of this kind may be kept.
Result<bool> has_room_for(Database& db, ContactId contact, ContentKind kind);
Result<bool> has_room_for_founding(Database& db, ContactId asked_by);
Result<bool> has_room_for_organisation(Database& db, ContactId offered_by);

}  // namespace tocsin

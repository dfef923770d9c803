#include "client/store/held_rows.h"

namespace tocsin {
namespace {

Result<bool> are_fewer(Database& db, Sql count, ContactId contact, std::int64_t most) {
  Statement find = TRY(db.statement(count));
  find.bind(contact.value);
  if (!TRY(find.next())) return fail(kDatabaseFault, "count");
  return find.integer(0) < most;
}

Result<bool> has_room_for_text(Database& db, ContactId contact) {
  Statement find = TRY(
      db.statement("SELECT count(*), coalesce(sum(length(body)), 0) FROM incoming WHERE contact = "
                   "?1 AND read = 0"));
  find.bind(contact.value);
  if (!TRY(find.next())) return fail(kDatabaseFault, "count");
  return find.integer(0) < kMaxUnreadTexts && find.integer(1) < kMaxUnreadTextBytes;
}

}  // namespace

Result<bool> has_room_for(Database& db, ContactId contact, ContentKind kind) {
  switch (kind) {
    case ContentKind::kText:
      return has_room_for_text(db, contact);
    case ContentKind::kAlert:
      return are_fewer(db, "SELECT count(*) FROM alert WHERE contact = ?1", contact,
                       kMaxAlertsHeld);
    case ContentKind::kCosignRequest:
      return are_fewer(db, "SELECT count(*) FROM draft WHERE requester = ?1 AND answered = 0",
                       contact, kMaxDraftsUnanswered);
    default:
      return true;  // changes rows, and adds none
  }
}

Result<bool> has_room_for_founding(Database& db, ContactId asked_by) {
  return are_fewer(db, "SELECT count(*) FROM founding WHERE asked_by = ?1 AND signed = 0", asked_by,
                   kMaxFoundingsAsked);
}

Result<bool> has_room_for_organisation(Database& db, ContactId offered_by) {
  return are_fewer(db, "SELECT count(*) FROM organisation WHERE offered_by = ?1 AND confirmed = 0",
                   offered_by, kMaxOrganisationsOffered);
}

}  // namespace tocsin

#include "client/engine/notices.h"

namespace tocsin {

Status note(Engine& engine, const EngineNotice& notice) {
  const std::optional<std::int64_t> contact =
      notice.contact.has_value() ? std::optional(notice.contact->value) : std::nullopt;
  const Instant now = engine.now();
  const std::int64_t day_begins = std::int64_t{now.day().value} * kDaySpan;
  Statement find = TRY(
      engine.db().statement("SELECT 1 FROM notice WHERE kind = ?1 AND contact IS ?2 AND at >= ?3"));
  find.bind(static_cast<int>(notice.kind), contact, day_begins);
  if (TRY(find.next())) return {};
  return engine.db().run("INSERT INTO notice(contact, kind, detail, at) VALUES(?1, ?2, ?3, ?4)",
                         contact, static_cast<int>(notice.kind), notice.detail, now.milliseconds);
}

Result<std::vector<NoticeRow>> all_notices(Engine& engine) {
  Statement find = TRY(
      engine.db().statement("SELECT id, contact, kind, detail, at FROM notice ORDER BY at, id"));
  find.bind();
  std::vector<NoticeRow> rows;
  while (TRY(find.next())) {
    NoticeRow row;
    row.id = find.integer(0);
    if (!find.is_null(1)) row.notice.contact = ContactId{find.integer(1)};
    row.notice.kind = static_cast<NoticeKind>(find.integer(2));
    row.notice.detail = find.integer(3);
    row.at = {find.integer(4)};
    rows.push_back(row);
  }
  return rows;
}

}  // namespace tocsin

// client/store/alert_rows.h: alerts received, first verdicts, and alerts in the making.
//
// Errors:  not_found, damaged, those of crypto/db
// Threads: as the database
#pragma once

#include <optional>
#include <vector>

#include "crypto/db/database.h"
#include "protocol/alert/cosign.h"
#include "protocol/alert/verdict.h"

namespace tocsin {

struct AlertRow {
  std::int64_t id = 0;
  ContactId contact;
  MessageId message;
  AlertId alert;  // zero when unreadable
  Bytes bytes;    // the message as it came
  Instant received;
  bool read = false;
  bool acknowledged = false;
};
Status insert_alert(Database& db, const AlertRow& row);
Result<std::vector<AlertRow>> all_alerts(Database& db);
Result<std::optional<AlertRow>> find_alert(Database& db, std::int64_t id);
Status mark_alert_read(Database& db, std::int64_t id);
Status mark_alert_acknowledged(Database& db, std::int64_t id);

// Alerts are signed for an identity: the one this vault had when they came. By their numbers, not
// by a clock, which somebody else may have set.
Status save_former_identity(Database& db, const IdentityPublic& identity);
// Zero: an alert that comes now.
Result<IdentityPublic> identity_of_alert(Database& db, std::int64_t alert,
                                         const IdentityPublic& now);

Status save_first_verdict(Database& db, const FirstVerdict& verdict);
Result<std::vector<FirstVerdict>> all_first_verdicts(Database& db);

enum class DraftAnswered : std::uint8_t { kNo = 0, kSigned = 1, kRefused = 2 };
struct DraftRow {
  std::int64_t id = 0;
  AlertBodyHash body_hash;
  AlertId alert;
  CosignRequest request;
  CharterId charter;
  std::optional<ContactId> requester;  // none: ours
  std::optional<ContactId> recipient;
  DraftAnswered answered = DraftAnswered::kNo;
  std::optional<MessageId> message;
  Instant created;
};
Result<std::int64_t> insert_draft(Database& db, const DraftRow& row);
Result<std::vector<DraftRow>> all_drafts(Database& db);
Result<std::optional<DraftRow>> find_draft(Database& db, std::int64_t id);
Result<std::optional<DraftRow>> find_draft_by_body(Database& db, const AlertBodyHash& body);
Status mark_draft_answered(Database& db, std::int64_t id, DraftAnswered answered);
// Of ours: an alert names its recipient's key and what befell them.
Status erase_drafts_about(Database& db, ContactId recipient);
Status mark_draft_sent(Database& db, std::int64_t id, const MessageId& message);

struct AnswerRow {
  CosignAnswer answer;
  std::optional<ContactId> contact;
  std::optional<SigningPublic> holder = std::nullopt;  // who answered by a file
};
Status save_answer(Database& db, std::int64_t draft, const AnswerRow& row);
Result<std::vector<AnswerRow>> answers_to(Database& db, std::int64_t draft);

}  // namespace tocsin

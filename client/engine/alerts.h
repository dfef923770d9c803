// client/engine/alerts.h: an alert's life: drafted, co-signed, sent; received, judged,
// acknowledged, withdrawn.
//
// Spec:    protocol/spec/alert.md
// Errors:  no_such_alert, no_such_organisation, not_a_holder, not_ready, not_confirmed,
//          too_few_signers, those of protocol/alert and crypto/db
// Threads: the engine's
#pragma once

#include <string>
#include <vector>

#include "client/engine/engine.h"
#include "client/store/alert_rows.h"

namespace tocsin {

struct AlertOrder {
  ContactId recipient;
  CharterId organisation;
  AlertBody said;  // kind, level, texts, window, steps …; id, charter, recipient and days are
                   // filled in here
  std::uint32_t valid_days = 30;
  std::string case_label;
  std::string note;
};
// Writes the alert, signs it with our key, asks every colleague to co-sign. Returns the draft's
// number.
Result<std::int64_t> draft_alert(Engine& engine, const AlertOrder& order);
// A withdrawal of an alert of ours, drafted like an alert.
Result<std::int64_t> draft_withdrawal(Engine& engine, std::int64_t draft, std::string_view text);

// A draft as its co-signer must see it before signing; fails where a program can already tell it is
// wrong.
Result<CheckedRequest> check_draft(Engine& engine, const DraftRow& draft);
// The label typed must be the request's. Signs with our key, or with `offline` when given; the
// answer travels back.
struct SignOrder {
  std::int64_t draft = 0;
  std::string_view typed_label;
  const SigningSecret* offline = nullptr;
};
Status sign_draft(Engine& engine, const SignOrder& order);
Status refuse_draft(Engine& engine, std::int64_t draft, std::string_view words);

// Signatures so far, by holder, and whether it can be sent.
Result<AlertAssembly> assemble(Engine& engine, const DraftRow& draft);
// Sends the charter where it is not known yet, then the alert. Returns the message id.
Result<MessageId> send_alert(Engine& engine, std::int64_t draft);

// A received alert as it stands today.
Result<Evaluation> judge_alert(Engine& engine, const AlertRow& alert);
// Remembers that it was shown; the sender hears "read".
Status note_alert_read(Engine& engine, const AlertRow& alert);
Status acknowledge_alert(Engine& engine, std::int64_t id);

// Contents of the alert kinds, inside the caller's transaction.
Status take_cosign_request(Engine& engine, ContactRow& contact, const IncomingMessage& message);
Status take_cosign_answer(Engine& engine, ContactRow& contact, const IncomingMessage& message);
Status take_alert(Engine& engine, ContactRow& contact, const IncomingMessage& message);
Status take_alert_answer(Engine& engine, ContactRow& contact, const IncomingMessage& message);

}  // namespace tocsin

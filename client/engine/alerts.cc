#include "client/engine/alerts.h"

#include <algorithm>

#include "client/engine/organisation.h"
#include "client/engine/sending.h"
#include "client/store/organisation_rows.h"
#include "protocol/alert/answer.h"
#include "protocol/alert/phrases/catalogue.h"

namespace tocsin {
namespace {

Result<DraftRow> draft_of(Engine& engine, std::int64_t id) {
  std::optional<DraftRow> row = TRY(find_draft(engine.db(), id));
  if (!row.has_value()) return fail(kNoSuchAlert, "draft", id);
  return std::move(*row);
}

// ALT-6.2: only for an organisation whose key we hold, and only from a colleague: whoever else
// knows the charter could collect signatures one by one.
Status check_requester(Engine& engine, const OrganisationRow& organisation, ContactId requester) {
  if (!TRY(our_key_in(engine.db(), organisation.chain.newest().charter)).has_value())
    return fail(kNotAHolder, "request");
  const std::vector<ContactId> colleagues =
      TRY(colleagues_of(engine.db(), organisation.chain.id()));
  if (std::ranges::find(colleagues, requester) == colleagues.end())
    return fail(kRequesterLeft, "requester");
  return {};
}

// We signed the founding charter this contact sent; the finished one is on its way.
Result<bool> awaits_charter_of(Engine& engine, ContactId contact) {
  for (const FoundingRow& founding : TRY(all_foundings(engine.db()))) {
    if (founding.asked_by != contact || !founding.signed_by_us || !founding.proposal) continue;
    const CharterId id = charter_id_of(founding.proposal->body);
    if (!TRY(find_organisation(engine.db(), id)).has_value()) return true;
  }
  return false;
}

RecipientVerified how_verified(const ContactRow& contact) {
  return contact.verified == Verified::kNot ? RecipientVerified::kNotVerified
                                            : RecipientVerified::kCall;
}

// Stores the draft, signs it with our own key, and asks the colleagues.
Result<std::int64_t> start_draft(Engine& engine, const CosignRequest& request,
                                 const OrganisationRow& organisation, ContactId recipient) {
  const AlertBody body = TRY(decode_alert_body(request.body));
  const std::int64_t id = TRY(insert_draft(engine.db(), {.id = 0,
                                                         .body_hash = alert_body_hash(request.body),
                                                         .alert = body.id,
                                                         .request = request,
                                                         .charter = organisation.chain.id(),
                                                         .requester = std::nullopt,
                                                         .recipient = recipient,
                                                         .answered = DraftAnswered::kNo,
                                                         .message = std::nullopt,
                                                         .created = engine.now()}));
  const CheckedRequest checked =
      TRY(check_cosign_request(request, organisation.chain, engine.today()));
  const std::optional<SigningSecret> ours =
      TRY(our_key_in(engine.db(), organisation.chain.newest().charter));
  if (!ours.has_value()) return fail(kNotAHolder, "draft");
  TRY(save_answer(engine.db(), id,
                  {TRY(cosign(checked, organisation.chain, *ours)), std::nullopt}));
  TRY(mark_draft_answered(engine.db(), id, DraftAnswered::kSigned));
  const Bytes encoded = TRY(encode_cosign_request(request));
  for (const ContactId colleague : TRY(colleagues_of(engine.db(), organisation.chain.id()))) {
    ContactRow contact = TRY(load_contact(engine.db(), colleague));
    if (!can_be_written_to(contact)) continue;
    TRY(queue_message(engine, contact, {ContentKind::kCosignRequest, encoded}));
  }
  return id;
}

}  // namespace

Result<std::int64_t> draft_alert(Engine& engine, const AlertOrder& order) {
  return engine.in_transaction([&]() -> Result<std::int64_t> {
    const OrganisationRow organisation = TRY(organisation_of(engine, order.organisation));
    const ContactRow recipient = TRY(load_contact(engine.db(), order.recipient));
    const CharterChain::Link& newest = organisation.chain.newest();
    CosignRequest request;
    request.case_label = order.case_label;
    request.verified = how_verified(recipient);
    request.note = order.note;
    request.recipient = recipient.identity;
    request.nonce = engine.rng().draw<RecipientNonce>();
    AlertBody body = order.said;
    body.id = engine.rng().draw<AlertId>();
    body.charter_id = organisation.chain.id();
    body.charter_hash = newest.hash;
    body.charter_version = newest.charter.version;
    body.recipient = recipient_digest(request.nonce, recipient.identity);
    body.issued = engine.today();
    body.valid_until = days_after(engine.today(), order.valid_days);
    body.catalogue = catalogue_hash();
    request.body = TRY(encode_alert_body(body));
    return start_draft(engine, request, organisation, order.recipient);
  });
}

Result<std::int64_t> draft_withdrawal(Engine& engine, std::int64_t id, std::string_view text) {
  const DraftRow draft = TRY(draft_of(engine, id));
  if (draft.requester.has_value() || !draft.recipient.has_value() || !draft.message.has_value()) {
    return fail(kNotReady, "withdrawal");
  }
  const AlertBody withdrawn = TRY(decode_alert_body(draft.request.body));
  AlertOrder order{.recipient = *draft.recipient,
                   .organisation = draft.charter,
                   .said = {},
                   .valid_days = kMaxValidDays,
                   .case_label = draft.request.case_label,
                   .note = draft.request.note};
  order.said.kind = AlertKind::kWithdrawal;
  order.said.withdraws = withdrawn.id;
  order.said.text_language = withdrawn.text_language;
  order.said.page_languages = withdrawn.page_languages;
  order.said.text = std::string(text);
  return draft_alert(engine, order);
}

Result<CheckedRequest> check_draft(Engine& engine, const DraftRow& draft) {
  const OrganisationRow organisation = TRY(organisation_of(engine, draft.charter));
  if (draft.requester.has_value()) TRY(check_requester(engine, organisation, *draft.requester));
  return check_cosign_request(draft.request, organisation.chain, engine.today());
}

Status sign_draft(Engine& engine, const SignOrder& order) {
  return engine.in_transaction([&]() -> Status {
    const DraftRow draft = TRY(draft_of(engine, order.draft));
    if (order.typed_label != draft.request.case_label) return fail(kNotConfirmed, "case label");
    const OrganisationRow organisation = TRY(organisation_of(engine, draft.charter));
    const CheckedRequest checked = TRY(check_draft(engine, draft));
    std::optional<SigningSecret> ours;
    if (order.offline == nullptr) {
      ours = TRY(our_key_in(engine.db(), organisation.chain.newest().charter));
      if (!ours.has_value()) return fail(kNotAHolder, "signature");
    }
    const SigningSecret& secret = order.offline == nullptr ? *ours : *order.offline;
    const CosignSignature signature = TRY(cosign(checked, organisation.chain, secret));
    if (!draft.requester.has_value())
      return save_answer(engine.db(), draft.id, {signature, std::nullopt});
    TRY(mark_draft_answered(engine.db(), draft.id, DraftAnswered::kSigned));
    ContactRow requester = TRY(load_contact(engine.db(), *draft.requester));
    const Bytes answer = TRY(encode_cosign_answer(signature));
    TRY(queue_message(engine, requester, {ContentKind::kCosignAnswer, answer}));
    return {};
  });
}

Status refuse_draft(Engine& engine, std::int64_t id, std::string_view words) {
  return engine.in_transaction([&]() -> Status {
    const DraftRow draft = TRY(draft_of(engine, id));
    if (!draft.requester.has_value()) return fail(kNotReady, "own draft");
    const CheckedRequest checked = TRY(check_draft(engine, draft));
    const CosignRefusal refusal = TRY(refuse_to_cosign(checked, RefusalReason::kOther, words));
    TRY(mark_draft_answered(engine.db(), draft.id, DraftAnswered::kRefused));
    ContactRow requester = TRY(load_contact(engine.db(), *draft.requester));
    const Bytes answer = TRY(encode_cosign_answer(refusal));
    TRY(queue_message(engine, requester, {ContentKind::kCosignAnswer, answer}));
    return {};
  });
}

Result<AlertAssembly> assemble(Engine& engine, const DraftRow& draft) {
  const OrganisationRow organisation = TRY(organisation_of(engine, draft.charter));
  AlertAssembly assembly =
      TRY(AlertAssembly::start(draft.request, organisation.chain.newest().charter));
  for (const AnswerRow& row : TRY(answers_to(engine.db(), draft.id))) {
    // A signature that stopped fitting (a newer charter) does not count; the others do.
    if (const auto* signature = std::get_if<CosignSignature>(&row.answer)) {
      const Status added = assembly.add(*signature);
      static_cast<void>(added);
    }
  }
  return assembly;
}

Result<MessageId> send_alert(Engine& engine, std::int64_t id) {
  return engine.in_transaction([&]() -> Result<MessageId> {
    const DraftRow draft = TRY(draft_of(engine, id));
    if (draft.requester.has_value() || !draft.recipient.has_value() || draft.message.has_value()) {
      return fail(kNotReady, "alert");
    }
    const AlertMessage message = TRY(TRY(assemble(engine, draft)).finish());
    const AlertBody body = TRY(decode_alert_body(draft.request.body));
    ContactRow recipient = TRY(load_contact(engine.db(), *draft.recipient));
    TRY(offer_charter(engine, draft.charter, recipient));
    const Instant end{(std::int64_t{body.valid_until.value} + 1) * kDaySpan};
    const Bytes content = TRY(encode_alert_message(message));
    const MessageId sent =
        TRY(queue_message(engine, recipient, {ContentKind::kAlert, content, end}));
    TRY(mark_draft_sent(engine.db(), draft.id, sent));
    return sent;
  });
}

Result<Evaluation> judge_alert(Engine& engine, const AlertRow& alert) {
  const Result<AlertMessage> message = decode_alert_message(alert.bytes);
  if (!message.has_value()) return Evaluation{};
  const std::vector<OrganisationRow> rows = TRY(all_organisations(engine.db()));
  const std::vector<KnownOrganisation> organisations = known_organisations(rows);
  const std::vector<FirstVerdict> history = TRY(all_first_verdicts(engine.db()));
  const IdentityPublic recipient = TRY(identity_of_alert(engine.db(), alert.id, engine.identity()));
  Evaluation evaluation = evaluate({.message = *message,
                                    .organisations = organisations,
                                    .recipient = recipient,
                                    .history = history,
                                    .today = engine.today()});
  if (evaluation.remember.has_value()) {
    // A charter that came after its alert makes the first verdict now.
    const FirstVerdict verdict = *evaluation.remember;
    TRY(save_first_verdict(engine.db(), verdict));
  }
  return evaluation;
}

Status note_alert_read(Engine& engine, const AlertRow& alert) {
  if (alert.read) return {};
  return engine.in_transaction([&]() -> Status {
    TRY(mark_alert_read(engine.db(), alert.id));
    if (TRY(receipt_policy(engine)) == ReceiptPolicy::kNever) return {};
    ContactRow contact = TRY(load_contact(engine.db(), alert.contact));
    contact.inbox.receipts.add({alert.message, ReceiptState::kRead});
    return update_contact(engine.db(), contact);
  });
}

Status acknowledge_alert(Engine& engine, std::int64_t id) {
  return engine.in_transaction([&]() -> Status {
    const std::optional<AlertRow> alert = TRY(find_alert(engine.db(), id));
    if (!alert.has_value()) return fail(kNoSuchAlert, "acknowledge", id);
    if (alert->acknowledged) return {};
    TRY(mark_alert_acknowledged(engine.db(), id));
    ContactRow contact = TRY(load_contact(engine.db(), alert->contact));
    const Bytes answer =
        encode_alert_answer({AlertAnswerKind::kAcknowledged, alert->message, alert->alert});
    TRY(queue_message(engine, contact, {ContentKind::kAlertAnswer, answer}));
    return {};
  });
}

Status take_cosign_request(Engine& engine, ContactRow& contact, const IncomingMessage& message) {
  const CosignRequest request = TRY(decode_cosign_request(message.body.expose(kExpose)));
  const AlertBody body = TRY(decode_alert_body(request.body));
  const std::optional<OrganisationRow> organisation =
      TRY(find_organisation(engine.db(), body.charter_id));
  if (organisation.has_value()) {
    TRY(check_requester(engine, *organisation, contact.id));
  } else if (!TRY(awaits_charter_of(engine, contact.id))) {
    return fail(kNoSuchOrganisation, "request");
  }  // or it overtook the charter, and is checked when it is looked at (ALT-6.6)
  const AlertBodyHash hash = alert_body_hash(request.body);
  if (TRY(find_draft_by_body(engine.db(), hash)).has_value()) return {};
  static_cast<void>(TRY(insert_draft(engine.db(), {.id = 0,
                                                   .body_hash = hash,
                                                   .alert = body.id,
                                                   .request = request,
                                                   .charter = body.charter_id,
                                                   .requester = contact.id,
                                                   .recipient = std::nullopt,
                                                   .answered = DraftAnswered::kNo,
                                                   .message = std::nullopt,
                                                   .created = engine.now()})));
  return {};
}

Status take_cosign_answer(Engine& engine, ContactRow& contact, const IncomingMessage& message) {
  const CosignAnswer answer = TRY(decode_cosign_answer(message.body.expose(kExpose)));
  const AlertBodyHash hash = std::visit([](const auto& kind) { return kind.body; }, answer);
  const std::optional<DraftRow> draft = TRY(find_draft_by_body(engine.db(), hash));
  if (!draft.has_value() || draft->requester.has_value()) return fail(kNoSuchAlert, "answer");
  const std::vector<ContactId> colleagues = TRY(colleagues_of(engine.db(), draft->charter));
  if (std::ranges::find(colleagues, contact.id) == colleagues.end())
    return fail(kNotAHolder, "answer");
  if (const auto* signature = std::get_if<CosignSignature>(&answer)) {
    AlertAssembly assembly = TRY(assemble(engine, *draft));
    TRY(assembly.add(*signature));
  }
  return save_answer(engine.db(), draft->id, {answer, contact.id});
}

Status take_alert(Engine& engine, ContactRow& contact, const IncomingMessage& message) {
  AlertRow row{.id = 0,
               .contact = contact.id,
               .message = message.id,
               .alert = {},
               .bytes = to_bytes(message.body.expose(kExpose)),
               .received = engine.now()};
  const Evaluation evaluation = TRY(judge_alert(engine, row));
  if (evaluation.body.has_value()) row.alert = evaluation.body->id;
  return insert_alert(engine.db(), row);
}

Status take_alert_answer(Engine& engine, ContactRow& contact, const IncomingMessage& message) {
  const AlertAnswer answer = TRY(decode_alert_answer(message.body.expose(kExpose)));
  engine.outbox().on_acknowledged(contact.id, answer.message);
  return {};
}

}  // namespace tocsin

// alert draft, sign, refuse, send, show, ack, withdraw, list.
#include <algorithm>
#include <array>

#include "client/cli/alert_choices.h"
#include "client/cli/commands.h"
#include "client/cli/draft_page.h"
#include "client/cli/new_file.h"
#include "client/cli/unlock.h"
#include "client/engine/alerts.h"
#include "client/engine/organisation.h"
#include "client/engine/sending.h"
#include "client/store/message_rows.h"
#include "protocol/alert/html.h"
#include "protocol/alert/render.h"

namespace tocsin {
namespace {

// What an alert says to do first when the drafter chooses nothing else (content.md).
constexpr std::array kDefaultDoFirst{Phrase::kDoKeepAsItIs, Phrase::kDoPutAway, Phrase::kDoUseOther,
                                     Phrase::kDoCall, Phrase::kDoAnswer};
constexpr std::array kDefaultDoNot{Phrase::kDontReset, Phrase::kDontReplace, Phrase::kDontUpdate,
                                   Phrase::kDontLogIn, Phrase::kDontSpeakNear};

Result<std::int64_t> parse_number(std::string_view text) {
  if (text.empty()) return fail(kClientBadUsage, "neither an alert nor a file");
  const std::optional<std::int64_t> value = whole_number(text);
  if (!value.has_value()) return fail(kNoSuchAlert, "number of an alert");
  return *value;
}

bool names_draft(const CommandRequest& request) {
  return request.value_or("alert", "").starts_with(kDraftMark);
}

template <class Table>
auto by_name(const Table& table, std::string_view name) -> Result<decltype(table[0].value)> {
  const auto value = choice_named(table, name);
  if (!value.has_value()) return fail(kClientBadUsage, "a value that is none of the choices");
  return *value;
}

Result<Day> day_option(const std::string& text) {
  const Result<Day> day = parse_day(text);
  if (!day.has_value()) return fail(kClientBadUsage, "a date is YYYY-MM-DD");
  return *day;
}

Step step_of(Phrase phrase) {
  return {static_cast<std::uint16_t>(phrase),
          std::string(phrase_text(Language::kEnglish, phrase).text)};
}

// The one that was named, else the only one this vault can sign for.
Result<OrganisationRow> organisation_for(Engine& engine, const std::optional<std::string>& wanted) {
  if (wanted.has_value()) {
    OrganisationRow row = TRY(organisation_named(engine, *wanted));
    if (!TRY(our_key_in(engine.db(), row.chain.newest().charter)).has_value())
      return fail(kNotAHolder, "alert");
    return row;
  }
  std::optional<OrganisationRow> only;
  for (OrganisationRow& row : TRY(all_organisations(engine.db()))) {
    if (!TRY(our_key_in(engine.db(), row.chain.newest().charter)).has_value()) continue;
    if (only.has_value()) return fail(kTwoOfOneName, "alert without --org");
    only = std::move(row);
  }
  if (!only.has_value())
    return fail(kNoSuchOrganisation, "organisation whose key this vault holds");
  return std::move(*only);
}

// Each once, in the order of the table: as an alert carries them.
Result<std::vector<Basis>> bases_from(const CommandRequest& request) {
  std::vector<Basis> bases;
  const auto given = request.options.find("basis");
  if (given == request.options.end()) return bases;
  for (const std::string& name : given->second) bases.push_back(TRY(by_name(kBases, name)));
  std::ranges::sort(bases);
  const auto repeated = std::ranges::unique(bases);
  bases.erase(repeated.begin(), repeated.end());
  return bases;
}

// What a notification must say and this one does not, by the names of the options; nothing when
// it says all.
std::string missing_details(const AlertBody& body) {
  if (body.kind != AlertKind::kNotification) return {};
  std::string missing;
  const auto need = [&](bool said, const char* name) {
    if (!said) missing += (missing.empty() ? "" : ", ") + std::string(name);
  };
  need(body.level != AlertLevel::kNone, "level");
  need(body.confidence != Confidence::kNone, "confidence");
  need(!body.basis.empty(), "basis");
  need(!body.device.empty(), "device");
  return missing;
}

Result<AlertBody> body_from(Engine& engine, const CommandRequest& request) {
  const Language language = language_of(engine, request);
  AlertBody body;
  body.kind = TRY(by_name(kKinds, request.value_or("kind", "notification")));
  body.level = TRY(by_name(kLevels, request.value_or("level", "")));
  body.confidence = TRY(by_name(kConfidences, request.value_or("confidence", "")));
  body.basis = TRY(bases_from(request));
  if (const auto from = request.value("from"); from.has_value())
    body.window_from = TRY(day_option(*from));
  if (const auto until = request.value("until"); until.has_value())
    body.window_until = TRY(day_option(*until));
  body.family = request.value_or("family", "");
  body.device = request.value_or("device", "");
  body.call = request.value_or("call", "");
  body.text = request.text;
  body.text_language = language_code(language);
  body.page_languages = {language_code(Language::kEnglish)};
  if (const auto replaced = request.value("supersedes"); replaced.has_value()) {
    const std::optional<DraftRow> draft =
        TRY(find_draft(engine.db(), TRY(draft_number(*replaced))));
    if (!draft.has_value()) return fail(kNoSuchAlert, "alert to be replaced");
    body.supersedes = draft->alert;
  }
  if (body.kind == AlertKind::kNotification) {
    for (const Phrase phrase : kDefaultDoFirst) body.do_first.push_back(step_of(phrase));
    for (const Phrase phrase : kDefaultDoNot) body.do_not.push_back(step_of(phrase));
  }
  return body;
}

const char* verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kAuthentic:
      return "AUTHENTIC";
    case Verdict::kSignedUnconfirmed:
      return "SIGNED";
    case Verdict::kNotVerified:
      return "NOT VERIFIED";
  }
  return "NOT VERIFIED";
}
const char* life_name(Life life) {
  switch (life) {
    case Life::kCurrent:
      return "current";
    case Life::kExpired:
      return "EXPIRED";
    case Life::kWithdrawn:
      return "WITHDRAWN";
  }
  return "current";
}
DeliveryState delivery_of_alert(const std::optional<SentRow>& sent) {
  return sent.has_value() ? delivery_of(*sent) : DeliveryState::kQueued;
}

// What a draft's page looks like to the person, and to whoever signs.
Result<Report> show_draft(Engine& engine, const DraftRow& draft, const CommandRequest& request) {
  const CheckedRequest checked = TRY(check_draft(engine, draft));
  const std::optional<OrganisationRow> organisation =
      TRY(find_organisation(engine.db(), draft.charter));
  std::string asked_by;
  if (draft.requester.has_value())
    asked_by = TRY(load_contact(engine.db(), *draft.requester)).petname;
  return signing_page(checked, organisation->chain.newest().charter, asked_by,
                      language_of(engine, request));
}

// "signed by Anna, Bea"
std::string signed_by(const AlertAssembly& assembly) {
  std::string names;
  for (const std::size_t holder : assembly.holders())
    names += (names.empty() ? "signed by " : ", ") + shown(assembly.holder_name(holder));
  return names.empty() ? "not signed" : names;
}

// By whom: a contact, or a holder who answered by a file.
std::string refuser(Engine& engine, const DraftRow& draft, const AnswerRow& row) {
  if (row.contact.has_value()) {
    const Result<ContactRow> contact = load_contact(engine.db(), *row.contact);
    if (contact.has_value()) return shown(contact->petname);
  }
  const Result<std::optional<OrganisationRow>> organisation =
      find_organisation(engine.db(), draft.charter);
  if (row.holder.has_value() && organisation.has_value() && organisation->has_value()) {
    for (const Holder& holder : (*organisation)->chain.newest().charter.holders)
      if (holder.alert_key == *row.holder) return shown(holder.name);
  }
  return "a holder";
}

}  // namespace

Result<Report> alert_draft(Engine& engine, const CommandRequest& request) {
  const ContactRow recipient = TRY(contact_named(engine, request.value_or("contact", "")));
  const OrganisationRow organisation = TRY(organisation_for(engine, request.value("org")));
  const std::int64_t days = TRY(number_option(request, "valid-days", 30));
  if (days < 1 || days > static_cast<std::int64_t>(kMaxValidDays))
    return fail(kClientBadUsage, "--valid-days 1 to 366");
  const std::string label = request.value_or("case", "");
  if (label.empty())
    return failed(Exit::kUsage, "co-signers need a label for the case", "give one with --case");
  auto said = TRY(body_from(engine, request));
  if (const std::string missing = missing_details(said); !missing.empty())
    return failed(
        Exit::kUsage, "a notification has to say more: " + missing,
        "give them in the file of --details; basis is how it is known: " + choices_of(kBases));
  const std::int64_t id = TRY(draft_alert(engine, {.recipient = recipient.id,
                                                   .organisation = organisation.chain.id(),
                                                   .said = std::move(said),
                                                   .valid_days = static_cast<std::uint32_t>(days),
                                                   .case_label = label,
                                                   .note = {}}));
  const std::optional<DraftRow> draft = TRY(find_draft(engine.db(), id));
  Report report = TRY(show_draft(engine, *draft, request));
  report.data.set("alert", draft_name(id));
  report.line("");
  report.line("Drafted as " + draft_name(id) + ", signed by you; the other holders are asked.");
  return report;
}

Result<Report> alert_sign(Engine& engine, const CommandRequest& request) {
  if (request.has("file")) return sign_carried_alert(engine, request);
  if (request.has("out")) return fail(kClientBadUsage, "--out without --file");
  const std::int64_t id = TRY(draft_number(request.value_or("alert", "")));
  const std::optional<SigningSecret> offline = TRY(offline_key(request));
  TRY(sign_draft(engine, {.draft = id,
                          .typed_label = request.value_or("confirm", ""),
                          .offline = offline.has_value() ? &*offline : nullptr}));
  Report report;
  report.data.set("alert", request.value_or("alert", "")).set("signed", true);
  report.line("Signed.");
  return report;
}

Result<Report> alert_refuse(Engine& engine, const CommandRequest& request) {
  if (request.has("request")) return refuse_carried_alert(engine, request);
  if (request.has("out")) return fail(kClientBadUsage, "--out without --request");
  const std::int64_t id = TRY(draft_number(request.value_or("alert", "")));
  TRY(refuse_draft(engine, id, request.text));
  Report report;
  report.data.set("alert", request.value_or("alert", "")).set("refused", true);
  report.line("Refused; the reason is on its way to the requester.");
  return report;
}

Result<Report> alert_send(Engine& engine, const CommandRequest& request) {
  const std::int64_t id = TRY(draft_number(request.value_or("alert", "")));
  const std::optional<DraftRow> draft = TRY(find_draft(engine.db(), id));
  if (draft.has_value() && draft->recipient.has_value() &&
      TRY(is_stopped(engine, *draft->recipient)))
    return stopped_report(engine, TRY(load_contact(engine.db(), *draft->recipient)), request);
  const MessageId message = TRY(send_alert(engine, id));
  Report report;
  report.data.set("alert", request.value_or("alert", "")).set("message", to_hex(message.view()));
  report.line("The alert is on its way. `tocsin alert list` shows how far it got.");
  return report;
}

Result<Report> alert_show(Engine& engine, const CommandRequest& request) {
  if (request.has("file")) return show_carried_alert(engine, request);
  if (names_draft(request)) {
    const std::optional<DraftRow> draft =
        TRY(find_draft(engine.db(), TRY(draft_number(request.value_or("alert", "")))));
    if (!draft.has_value()) return fail(kNoSuchAlert, "draft");
    return show_draft(engine, *draft, request);
  }
  const std::optional<AlertRow> alert =
      TRY(find_alert(engine.db(), TRY(parse_number(request.value_or("alert", "")))));
  if (!alert.has_value()) return fail(kNoSuchAlert, "alert");
  const Evaluation evaluation = TRY(judge_alert(engine, *alert));
  const std::vector<OrganisationRow> rows = TRY(all_organisations(engine.db()));
  const std::vector<KnownOrganisation> organisations = known_organisations(rows);
  const Page page = render_alert(evaluation, organisations, language_of(engine, request));
  if (const auto file = request.value("html"); file.has_value())
    TRY(write_new_file(*file, as_bytes(to_html(page))));
  Report report;
  report.text = to_plain_text(page) + "\n";
  report.data.set("verdict", verdict_name(evaluation.verdict))
      .set("life", life_name(evaluation.life));
  report.data.set("reason", static_cast<int>(evaluation.reason)).set("page", report.text);
  report.data.set("signers", static_cast<std::int64_t>(evaluation.signers));
  if (!alert->read) {
    report.once_shown =
        CommandRequest{std::string(kShownCommand), {{"alert", {std::to_string(alert->id)}}}, {}};
  }
  return report;
}

Result<Report> alert_ack(Engine& engine, const CommandRequest& request) {
  TRY(acknowledge_alert(engine, TRY(parse_number(request.value_or("alert", "")))));
  Report report;
  report.data.set("alert", request.value_or("alert", "")).set("acknowledged", true);
  report.line(say(language_of(engine, request), Phrase::kSayAcknowledged));
  return report;
}

Result<Report> alert_withdraw(Engine& engine, const CommandRequest& request) {
  const std::int64_t id =
      TRY(draft_withdrawal(engine, TRY(draft_number(request.value_or("alert", ""))), request.text));
  Report report;
  report.data.set("alert", draft_name(id));
  report.line("The withdrawal is drafted as " + draft_name(id) +
              ", signed by you; the other holders are asked.");
  return report;
}

Result<Report> alert_list(Engine& engine, const CommandRequest& request) {
  const Language language = language_of(engine, request);
  Report report;
  ValueList received;
  for (const AlertRow& alert : TRY(all_alerts(engine.db()))) {
    const Evaluation evaluation = TRY(judge_alert(engine, alert));
    const ContactRow contact = TRY(load_contact(engine.db(), alert.contact));
    Value item;
    item.set("alert", std::to_string(alert.id))
        .set("from", contact.petname)
        .set("verdict", verdict_name(evaluation.verdict));
    item.set("life", life_name(evaluation.life))
        .set("read", alert.read)
        .set("acknowledged", alert.acknowledged)
        .set("received", time_text(alert.received));
    item.set("kind", evaluation.body.has_value() ? kind_name(evaluation.body->kind) : "unreadable");
    received.push_back(std::move(item));
    report.line(
        std::to_string(alert.id) + "  from " + shown(contact.petname) + ": " +
        (evaluation.body.has_value() ? kind_name(evaluation.body->kind) : "unreadable") + ", " +
        verdict_name(evaluation.verdict) + ", " + life_name(evaluation.life) +
        (alert.acknowledged ? ", acknowledged by you" : (alert.read ? "" : ", not read yet")));
  }
  ValueList drafts;
  for (const DraftRow& draft : TRY(all_drafts(engine.db()))) {
    Value item;
    const std::string number = draft_name(draft.id);
    item.set("alert", number)
        .set("case", draft.request.case_label)
        .set("ours", !draft.requester.has_value());
    std::string state;
    std::string age;
    if (draft.requester.has_value()) {
      static constexpr std::array kAnswers{"waits for your signature", "signed by you",
                                           "refused by you"};
      const bool early = !TRY(find_organisation(engine.db(), draft.charter)).has_value();
      state = early ? "waits for its organisation's charter"
                    : kAnswers.at(static_cast<std::size_t>(draft.answered));
      // Since it came the charter may have changed, or who asks may have left it.
      if (!early && draft.answered == DraftAnswered::kNo && !check_draft(engine, draft).has_value())
        state = "cannot be signed any more";
    } else {
      // One made before somebody signed the next charter cannot be completed, and hides no other.
      const Result<AlertAssembly> assembly = assemble(engine, draft);
      const bool outdated = !assembly.has_value() && assembly.error().code == kCharterNotNewest;
      if (!assembly.has_value() && !outdated) return fail(assembly.error());
      if (!outdated) {
        item.set("signatures", static_cast<std::int64_t>(assembly->signers()))
            .set("complete", assembly->complete());
      }
      std::string refusals;
      for (const AnswerRow& row : TRY(answers_to(engine.db(), draft.id))) {
        if (const auto* refusal = std::get_if<CosignRefusal>(&row.answer))
          refusals += "; " + refuser(engine, draft, row) + " refused: " + shown(refusal->words);
      }
      if (!refusals.empty()) item.set("refusals", refusals.substr(2));
      if (draft.message.has_value()) {
        const std::optional<SentRow> sent = TRY(find_sent(engine.db(), *draft.message));
        state = say(language, phrase_of(delivery_of_alert(sent)));
        item.set("delivery", static_cast<int>(delivery_of_alert(sent)));
        if (sent.has_value()) age = ", " + age_text(sent->at, engine.now());
      } else if (outdated) {
        state = "made under an earlier charter: draft it anew" + refusals;
      } else {
        state = signed_by(*assembly) + (assembly->complete() ? ", ready to send" : "") + refusals;
      }
    }
    item.set("state", state);
    drafts.push_back(std::move(item));
    report.line(number + "  " + shown(draft.request.case_label) + ": " + state + age);
  }
  if (received.empty() && drafts.empty()) report.line(say(language, Phrase::kSayInboxEmpty));
  report.data.set("received", std::move(received)).set("drafts", std::move(drafts));
  return report;
}

}  // namespace tocsin

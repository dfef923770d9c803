#include "protocol/alert/render.h"

#include <algorithm>

#include "protocol/alert/page_builder.h"

namespace tocsin {
namespace {

std::string number_text(std::size_t number) { return std::to_string(number); }

// Eight letters of the number in two groups: enough to tell alerts apart on the telephone.
std::string alert_number(const AlertId& id) {
  const std::string hex = to_hex(id.view());
  return hex.substr(0, 4) + "-" + hex.substr(4, 4);
}

Phrase phrase_of_kind(AlertKind kind) {
  switch (kind) {
    case AlertKind::kNotification:
      return Phrase::kKindNotification;
    case AlertKind::kAdvisory:
      return Phrase::kKindAdvisory;
    case AlertKind::kWithdrawal:
      return Phrase::kKindWithdrawal;
    case AlertKind::kCheckIn:
      return Phrase::kKindCheckIn;
  }
  return Phrase::kKindNotification;
}

Phrase phrase_of_basis(Basis basis) {
  switch (basis) {
    case Basis::kTracesOnDevice:
      return Phrase::kBasisTraces;
    case Basis::kMessageAnalysed:
      return Phrase::kBasisMessage;
    case Basis::kNetworkTraffic:
      return Phrase::kBasisNetwork;
    case Basis::kProviderNotice:
      return Phrase::kBasisProvider;
    case Basis::kLeakedList:
      return Phrase::kBasisLeakedList;
    case Basis::kOtherEvidence:
      return Phrase::kBasisOther;
  }
  return Phrase::kBasisOther;
}

void add_level(PageBuilder& page, AlertLevel level) {
  if (level == AlertLevel::kTargeted) page.say(Phrase::kLevelTargeted);
  if (level == AlertLevel::kAttempted) page.say(Phrase::kLevelAttempted);
  if (level == AlertLevel::kInfected) page.say(Phrase::kLevelInfected);
  if (level == AlertLevel::kTargeted || level == AlertLevel::kAttempted)
    page.say(Phrase::kNoTraceIsNotClean);
}

void add_what_happened(PageBuilder& page, const AlertBody& body) {
  page.section(SectionKind::kWhatHappened, Phrase::kHeadWhatHappened);
  page.say(phrase_of_kind(body.kind));
  add_level(page, body.level);
  if (body.withdraws) page.say(Phrase::kWithdraws, {alert_number(*body.withdraws)});
  if (!body.device.empty()) page.say(Phrase::kDevice, {body.device});
  if (body.kind == AlertKind::kNotification) {
    body.family.empty() ? page.say(Phrase::kFamilyNotDisclosed)
                        : page.say(Phrase::kFamily, {body.family});
    body.window_from.value == 0
        ? page.say(Phrase::kWindowUnknown)
        : page.say(Phrase::kWindow, {day_text(body.window_from), day_text(body.window_until)});
  }
}

// A translation stands for a step only where the catalogue means the very words that were signed.
void add_steps(PageBuilder& page, SectionKind kind, Phrase heading,
               const std::vector<Step>& steps) {
  if (steps.empty()) return;
  page.section(kind, heading);
  for (const Step& step : steps) {
    const auto phrase = phrase_of(step.phrase);
    const bool same_words = phrase && phrase_text(Language::kEnglish, *phrase).text == step.text;
    same_words ? page.say(*phrase) : page.quote(step.text);
  }
}

void add_message(PageBuilder& page, const AlertBody& body) {
  if (body.text.empty()) return;
  page.section(SectionKind::kMessage, Phrase::kHeadMessage);
  page.quote_lines(body.text);
}

void add_how_sure(PageBuilder& page, const AlertBody& body) {
  if (body.confidence == Confidence::kNone) return;
  page.section(SectionKind::kHowSure, Phrase::kHeadHowSure);
  if (body.confidence == Confidence::kLow) page.say(Phrase::kConfidenceLow);
  if (body.confidence == Confidence::kModerate) page.say(Phrase::kConfidenceModerate);
  if (body.confidence == Confidence::kHigh) page.say(Phrase::kConfidenceHigh);
  for (const Basis basis : body.basis) page.say(phrase_of_basis(basis));
}

// What recipient and co-signers see alike.
void add_body(PageBuilder& page, const AlertBody& body) {
  add_what_happened(page, body);
  add_steps(page, SectionKind::kDoFirst, Phrase::kHeadDoFirst, body.do_first);
  if (!body.call.empty()) page.say(Phrase::kCall, {body.call});
  add_steps(page, SectionKind::kDoNot, Phrase::kHeadDoNot, body.do_not);
  add_message(page, body);
  add_how_sure(page, body);
}

void add_facts(PageBuilder& page, const AlertBody& body) {
  page.say(Phrase::kIssued, {day_text(body.issued)});
  page.say(Phrase::kValidUntil, {day_text(body.valid_until)});
  page.say(Phrase::kAlertNumber, {alert_number(body.id)});
  if (body.supersedes) page.say(Phrase::kSupersedes, {alert_number(*body.supersedes)});
}

void add_verdict(PageBuilder& page, const Evaluation& evaluation) {
  page.section(SectionKind::kVerdict);
  switch (evaluation.verdict) {
    case Verdict::kAuthentic:
      page.say(Phrase::kVerdictAuthentic,
               {number_text(evaluation.signers), number_text(evaluation.threshold)});
      break;
    case Verdict::kSignedUnconfirmed:
      page.say(Phrase::kVerdictSigned,
               {number_text(evaluation.signers), number_text(evaluation.holders)});
      page.say(Phrase::kHowToConfirm);
      break;
    case Verdict::kNotVerified:
      page.say(Phrase::kVerdictNotVerified);
      page.say(phrase_of(evaluation.reason),
               {number_text(evaluation.signers), number_text(evaluation.threshold)});
      break;
  }
}

void add_life(PageBuilder& page, const Evaluation& evaluation) {
  if (!evaluation.body) return page.say(Phrase::kNoticeNothingReadable);
  if (evaluation.life == Life::kCurrent) page.say(Phrase::kLifeCurrent);
  if (evaluation.life == Life::kExpired)
    page.say(Phrase::kLifeExpired, {day_text(evaluation.body->valid_until)});
  if (evaluation.life == Life::kWithdrawn) page.say(Phrase::kLifeWithdrawn);
  if (evaluation.superseded_by)
    page.say(Phrase::kSupersededBy, {alert_number(*evaluation.superseded_by)});
}

void add_signers(PageBuilder& page, const Evaluation& evaluation) {
  for (const std::string& name : evaluation.signer_names) page.say(Phrase::kSignedBy, {name});
  if (!evaluation.first_verified) return;
  const std::string day = day_text(*evaluation.first_verified);
  for (const std::string& name : evaluation.removed_since)
    page.say(Phrase::kSignerRemovedSince, {day, name});
  if (evaluation.removed_since.empty()) page.say(Phrase::kFirstVerified, {day});
}

}  // namespace

Page render_alert(const Evaluation& evaluation, std::span<const KnownOrganisation> organisations,
                  Language language) {
  PageBuilder page(language, evaluation.body ? evaluation.body->catalogue : catalogue_hash());
  add_verdict(page, evaluation);
  add_life(page, evaluation);
  if (evaluation.body) add_body(page, *evaluation.body);
  page.section(SectionKind::kWho, Phrase::kHeadWho);
  if (evaluation.organisation) {
    const KnownOrganisation& organisation = organisations[*evaluation.organisation];
    page.organisation(organisation, organisations);
  }
  add_signers(page, evaluation);
  if (evaluation.body) add_facts(page, *evaluation.body);
  return std::move(page).finish();
}

Page render_draft(const AlertBody& body, const Charter& charter, Language language) {
  PageBuilder page(language, body.catalogue);
  page.section(SectionKind::kVerdict);
  page.say(Phrase::kDraftPage);
  add_body(page, body);
  page.section(SectionKind::kWho, Phrase::kHeadWho);
  page.say(Phrase::kOrganisationName, {charter_name(charter, language_code(language))});
  add_facts(page, body);
  return std::move(page).finish();
}

}  // namespace tocsin

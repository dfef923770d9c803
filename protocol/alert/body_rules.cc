#include "protocol/alert/body_rules.h"

#include <algorithm>

#include "protocol/alert/phrases/catalogue.h"
#include "protocol/alert/text.h"
#include "protocol/codes.h"

namespace tocsin {
namespace {

template <class Enumeration>
Status check_range(Enumeration value, Enumeration first, Enumeration last) {
  if (value < first || value > last)
    return fail(kForbiddenValue, "enumeration", static_cast<std::int64_t>(value));
  return {};
}

Status check_statement(const AlertBody& body) {
  TRY(check_range(body.kind, AlertKind::kNotification, AlertKind::kCheckIn));
  TRY(check_range(body.level, AlertLevel::kNone, AlertLevel::kInfected));
  TRY(check_range(body.confidence, Confidence::kNone, Confidence::kHigh));
  for (const Basis basis : body.basis)
    TRY(check_range(basis, Basis::kTracesOnDevice, Basis::kOtherEvidence));
  if (std::ranges::adjacent_find(body.basis, std::ranges::greater_equal{}) != body.basis.end())
    return fail(kForbiddenValue, "order of basis");
  // Only a notification makes a statement about a device, and it makes it completely.
  const bool notification = body.kind == AlertKind::kNotification;
  const bool states_nothing = body.level == AlertLevel::kNone &&
                              body.confidence == Confidence::kNone && body.basis.empty() &&
                              body.family.empty() && body.window_until.value == 0;
  const bool states_all = body.level != AlertLevel::kNone && body.confidence != Confidence::kNone &&
                          !body.basis.empty() && !body.device.empty() && !body.do_first.empty();
  if (notification ? !states_all : !states_nothing)
    return fail(kForbiddenValue, "statement", static_cast<std::int64_t>(body.kind));
  return {};
}

Status check_references(const AlertBody& body) {
  if (body.id.is_zero() || body.charter_id.is_zero() || body.charter_hash.is_zero() ||
      body.recipient.is_zero() || body.catalogue.is_zero() || body.charter_version == 0)
    return fail(kForbiddenValue, "zero reference");
  const bool withdrawal = body.kind == AlertKind::kWithdrawal;
  if (body.withdraws.has_value() != withdrawal)
    return fail(kForbiddenValue, "withdraws", static_cast<std::int64_t>(body.kind));
  if (withdrawal && body.supersedes.has_value()) return fail(kForbiddenValue, "supersedes");
  if (body.withdraws == body.id || body.supersedes == body.id)
    return fail(kForbiddenValue, "reference to itself");
  return {};
}

Status check_days(const AlertBody& body) {
  if (body.issued.value == 0 || body.valid_until < body.issued ||
      body.valid_until.value - body.issued.value > kMaxValidDays)
    return fail(kForbiddenValue, "valid until", body.valid_until.value);
  const bool window_known = body.window_from.value != 0 && body.window_until.value != 0;
  const bool window_unknown = body.window_from.value == 0 && body.window_until.value == 0;
  if (!(window_known || window_unknown) || body.window_until < body.window_from ||
      body.window_until.value > body.issued.value + std::uint64_t{1})
    return fail(kForbiddenValue, "window", body.window_until.value);
  return {};
}

Status check_steps(const std::vector<Step>& steps, std::uint16_t first, std::uint16_t last) {
  if (steps.size() > kMaxSteps)
    return fail(kForbiddenValue, "number of steps", static_cast<std::int64_t>(steps.size()));
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].phrase < first || steps[i].phrase > last)
      return fail(kForbiddenValue, "phrase number", steps[i].phrase);
    for (std::size_t j = 0; j < i; ++j)
      if (steps[j].phrase == steps[i].phrase)
        return fail(kForbiddenValue, "phrase twice", steps[i].phrase);
    if (steps[i].text.empty()) return fail(kForbiddenValue, "empty step", steps[i].phrase);
    TRY(check_plain_text(steps[i].text, {.max_bytes = kMaxStepText}));
  }
  return {};
}

Status check_texts(const AlertBody& body) {
  TRY(check_plain_text(body.family, {.max_bytes = kMaxFamilyText}));
  TRY(check_plain_text(body.device, {.max_bytes = kMaxDeviceText}));
  TRY(check_plain_text(body.call, {.max_bytes = kMaxCallText}));
  TRY(check_plain_text(body.text,
                       {.max_bytes = kMaxFreeText, .line_breaks = LineBreaks::kAllowed}));
  TRY(check_language(body.text_language));
  if (body.page_languages.empty() || body.page_languages.size() > kMaxPageLanguages)
    return fail(kForbiddenValue, "number of languages",
                static_cast<std::int64_t>(body.page_languages.size()));
  for (const LanguageCode& language : body.page_languages) TRY(check_language(language));
  return {};
}

}  // namespace

Status check_alert_body(const AlertBody& body) {
  TRY(check_statement(body));
  TRY(check_references(body));
  TRY(check_days(body));
  TRY(check_steps(body.do_first, kFirstDoFirst, kLastDoFirst));
  TRY(check_steps(body.do_not, kFirstDoNot, kLastDoNot));
  return check_texts(body);
}

}  // namespace tocsin

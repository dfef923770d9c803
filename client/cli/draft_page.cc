#include "client/cli/draft_page.h"

#include <array>

#include "client/cli/commands.h"
#include "client/cli/request.h"
#include "client/codes.h"
#include "protocol/alert/render.h"

namespace tocsin {

std::string draft_name(std::int64_t id) { return kDraftMark + std::to_string(id); }

Result<std::int64_t> draft_number(std::string_view text) {
  if (text.empty()) return fail(kClientBadUsage, "neither an alert nor a file");
  if (text.empty() || text.front() != kDraftMark)
    return fail(kNoSuchAlert, "a draft's number begins with d");
  const std::optional<std::int64_t> number = whole_number(text.substr(1));
  if (!number.has_value()) return fail(kNoSuchAlert, "number of a draft");
  return *number;
}

const char* kind_name(AlertKind kind) {
  switch (kind) {
    case AlertKind::kNotification:
      return "notification";
    case AlertKind::kAdvisory:
      return "advisory";
    case AlertKind::kWithdrawal:
      return "withdrawal";
    case AlertKind::kCheckIn:
      return "check-in";
  }
  return "alert";
}

Report signing_page(const CheckedRequest& checked, const Charter& charter,
                    std::string_view asked_by, Language language) {
  const CosignRequest& request = checked.request();
  Report report;
  report.line("Case: " + shown(request.case_label));
  if (!asked_by.empty()) {
    report.line("Asked by: " + shown(asked_by));
    report.data.set("asked_by", std::string(asked_by));
  }
  report.line("The recipient's half of the safety number: " + checked.safety_half());
  static constexpr std::array kHow{"not verified", "passed on by somebody who met the person",
                                   "compared in a call the person started", "compared in person"};
  report.line(std::string("How the requester verified the person: ") +
              kHow.at(static_cast<std::size_t>(request.verified) - 1));
  if (!request.note.empty()) report.line("The requester's words: " + shown(request.note));
  report.line("");
  report.line("The page the person will see:");
  report.text += to_plain_text(render_draft(checked.body(), charter, language)) + "\n";
  report.data.set("case", request.case_label).set("safety_half", checked.safety_half());
  report.data.set("kind", kind_name(checked.body().kind)).set("page", report.text);
  return report;
}

}  // namespace tocsin

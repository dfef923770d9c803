// alert export.
#include "client/cli/commands.h"
#include "client/cli/new_file.h"
#include "client/codes.h"
#include "client/engine/alerts.h"
#include "client/engine/organisation.h"
#include "protocol/alert/export.h"

namespace tocsin {

Result<Report> alert_export(Engine& engine, const CommandRequest& request) {
  const std::optional<AlertRow> alert =
      TRY(find_alert(engine.db(), TRY(number_option(request, "alert", 0))));
  if (!alert.has_value()) return fail(kNoSuchAlert, "alert");
  const Evaluation evaluation = TRY(judge_alert(engine, *alert));
  // Who gets the files sees signatures that hold; why an alert is not verified he does not see.
  if (!evaluation.organisation.has_value() || evaluation.verdict == Verdict::kNotVerified)
    return failed(Exit::kNotVerified,
                  "this alert is NOT VERIFIED, and nothing for others to rely on",
                  "`tocsin alert show` says why");
  const std::vector<OrganisationRow> rows = TRY(all_organisations(engine.db()));
  const std::vector<KnownOrganisation> organisations = known_organisations(rows);
  const Page page = render_alert(evaluation, organisations, language_of(engine, request));
  const AlertMessage message = TRY(decode_alert_message(alert->bytes));
  const std::vector<ExportedFile> files =
      TRY(export_alert(message, *organisations[*evaluation.organisation].chain, page,
                       {.life = evaluation.life, .today = engine.today()}));
  const std::string folder = request.value_or("folder", "");
  std::vector<NewFile> contents;
  ValueList names;
  for (const ExportedFile& file : files) {
    contents.push_back({file.name, file.bytes});
    names.emplace_back(file.name);
  }
  TRY(write_new_folder(folder, contents));
  Report report;
  report.data.set("folder", folder).set("files", std::move(names));
  report.line("Written. VERIFY.txt in it says how anybody can check it with openssl and b2sum.");
  return report;
}

}  // namespace tocsin

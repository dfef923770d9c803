#include "client/cli/commands.h"

#include <array>
#include <ctime>

#include "client/cli/explain.h"
#include "client/cli/rounds.h"
#include "client/store/setting.h"
#include "protocol/alert/text.h"

namespace tocsin {
namespace {

struct Entry {
  std::string_view path;
  Handler handler;
};

// clang-format off: one line for each command
constexpr std::array kHandlers{
    Entry{"backup", backup_command},
    Entry{"relay add", relay_add},
    Entry{"relay list", relay_list},
    Entry{"relay remove", relay_remove},
    Entry{"relay check", relay_check},
    Entry{"invite", invite_command},
    Entry{"accept", accept_command},
    Entry{"contacts", contacts_command},
    Entry{"keep", keep_command},
    Entry{"receipts", receipts_command},
    Entry{"sent", sent_command},
    Entry{"verify", verify_command},
    Entry{"send", send_command},
    Entry{"inbox", inbox_command},
    Entry{kShownCommand, shown_command},
    Entry{"org create", org_create},
    Entry{"org request", org_request},
    Entry{"org sign", org_sign},
    Entry{"org show", org_show},
    Entry{"org confirm", org_confirm},
    Entry{"org offer", org_offer},
    Entry{"org replace", org_replace},
    Entry{"alert draft", alert_draft},
    Entry{"alert request", alert_request},
    Entry{"alert sign", alert_sign},
    Entry{"alert refuse", alert_refuse},
    Entry{"alert send", alert_send},
    Entry{"alert show", alert_show},
    Entry{"alert export", alert_export},
    Entry{"alert ack", alert_ack},
    Entry{"alert withdraw", alert_withdraw},
    Entry{"alert list", alert_list},
    Entry{"collect", collect_command},
    Entry{"evidence send", evidence_send},
    Entry{"evidence import", evidence_import},
    Entry{"evidence receive", evidence_receive},
    Entry{"evidence list", evidence_list},
    Entry{"evidence status", evidence_status},
    Entry{"evidence record", evidence_record},
    Entry{"evidence handover", evidence_hand_over},
    Entry{"evidence export", evidence_export},
    Entry{"evidence cancel", evidence_cancel},
    Entry{"sync", sync_command},
    Entry{"doctor", doctor_command},
    Entry{"lang", lang_command},
};
// clang-format on

}  // namespace

Report run_command(Engine& engine, const CommandRequest& request) {
  for (const Entry& entry : kHandlers) {
    if (entry.path != request.command) continue;
    Result<Report> report = entry.handler(engine, request);
    return report.has_value() ? std::move(*report) : explain(report.error());
  }
  return failed(Exit::kUsage, "unknown command", "tocsin --help lists every command");
}

Report stopped_report(Engine& engine, const ContactRow& contact, const CommandRequest& request) {
  const Language language = language_of(engine, request);
  return failed(Exit::kFailed, say(language, Phrase::kSaySessionAlarm, {contact.petname}),
                say(language, Phrase::kSayHintSessionAlarm) + " (tocsin contacts --reset " +
                    shown(contact.petname) + ")");
}

Language language_of(Engine& engine, const CommandRequest& request) {
  const Result<std::string> stored = find_text_setting(engine.db(), setting::kLanguage);
  for (const std::string& candidate :
       {request.value_or("lang", ""), stored.value_or(""), request.value_or("locale", "")}) {
    if (const std::optional<Language> language = language_from(candidate); language.has_value())
      return *language;
  }
  return Language::kEnglish;
}

Result<ContactRow> contact_named(Engine& engine, std::string_view petname) {
  std::optional<ContactRow> contact = TRY(find_contact_by_petname(engine.db(), petname));
  if (!contact.has_value()) return fail(kNoSuchContact, "contact");
  return std::move(*contact);
}

std::string name_of(const OrganisationRow& organisation) {
  return organisation.petname.empty()
             ? charter_name(organisation.chain.newest().charter, language_code(Language::kEnglish))
             : organisation.petname;
}

Result<OrganisationRow> organisation_named(Engine& engine, std::string_view wanted) {
  std::vector<OrganisationRow> rows = TRY(all_organisations(engine.db()));
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (std::to_string(i + 1) == wanted) return std::move(rows[i]);
    if (name_of(rows[i]) != wanted) continue;
    if (found.has_value()) return fail(kTwoOfOneName, "organisation");
    found = i;
  }
  if (!found.has_value()) return fail(kNoSuchOrganisation, "organisation");
  return std::move(rows[*found]);
}

std::string place_of(const RelayAddress& address) {
  return address.host + ":" + std::to_string(address.port);
}

std::string shown(std::string_view text) {
  return safe_text(text, {.max_letters = 200, .line_breaks = LineBreaks::kForbidden});
}

std::string time_text(Instant at) {
  const std::time_t seconds = static_cast<std::time_t>(at.milliseconds / 1000);
  std::tm fields{};
  ::gmtime_r(&seconds, &fields);
  std::array<char, 32> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M UTC", &fields);
  return {text.data(), length};
}

Result<std::int64_t> number_option(const CommandRequest& request, std::string_view option,
                                   std::int64_t otherwise) {
  const std::optional<std::string> text = request.value(option);
  if (!text.has_value()) return otherwise;
  const std::optional<std::int64_t> value = whole_number(*text);
  if (!value.has_value()) return fail(kClientBadUsage, "number");
  return *value;
}

}  // namespace tocsin

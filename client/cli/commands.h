// client/cli/commands.h: what the owner of a vault does for each command.
//
// Threads: the engine's
#pragma once

#include "client/cli/report.h"
#include "client/cli/request.h"
#include "client/engine/engine.h"
#include "client/store/message_rows.h"
#include "client/store/organisation_rows.h"
#include "protocol/alert/phrases/catalogue.h"
#include "protocol/alert/render.h"
#include "protocol/pairing/link.h"

namespace tocsin {

// Runs one command of Runner::kEngine; every failure is a report with a hint.
Report run_command(Engine& engine, const CommandRequest& request);

// The language of a request: --lang, the vault's setting, the caller's locale, English.
Language language_of(Engine& engine, const CommandRequest& request);
// Why nothing can be sent to a contact whose sessions stopped, and what to do.
Report stopped_report(Engine& engine, const ContactRow& contact, const CommandRequest& request);

// Handlers, one file per subject.
using Handler = Result<Report> (*)(Engine&, const CommandRequest&);
Result<Report> backup_command(Engine& engine, const CommandRequest& request);
Result<Report> relay_add(Engine& engine, const CommandRequest& request);
Result<Report> relay_remove(Engine& engine, const CommandRequest& request);
Result<Report> relay_list(Engine& engine, const CommandRequest& request);
Result<Report> relay_check(Engine& engine, const CommandRequest& request);
Result<Report> invite_command(Engine& engine, const CommandRequest& request);
Result<Report> accept_command(Engine& engine, const CommandRequest& request);
Result<Report> contacts_command(Engine& engine, const CommandRequest& request);
Result<Report> keep_command(Engine& engine, const CommandRequest& request);
Result<Report> receipts_command(Engine& engine, const CommandRequest& request);
Result<Report> sent_command(Engine& engine, const CommandRequest& request);
Result<Report> verify_command(Engine& engine, const CommandRequest& request);
Result<Report> send_command(Engine& engine, const CommandRequest& request);
Result<Report> inbox_command(Engine& engine, const CommandRequest& request);
// What was shown: the messages and the alert named count as read from now on, with receipts.
inline constexpr std::string_view kShownCommand = "shown";
Result<Report> shown_command(Engine& engine, const CommandRequest& request);
Result<Report> org_create(Engine& engine, const CommandRequest& request);
Result<Report> org_sign(Engine& engine, const CommandRequest& request);
Result<Report> org_show(Engine& engine, const CommandRequest& request);
Result<Report> org_confirm(Engine& engine, const CommandRequest& request);
Result<Report> org_replace(Engine& engine, const CommandRequest& request);
Result<Report> org_offer(Engine& engine, const CommandRequest& request);
Result<Report> alert_draft(Engine& engine, const CommandRequest& request);
Result<Report> alert_sign(Engine& engine, const CommandRequest& request);
Result<Report> alert_refuse(Engine& engine, const CommandRequest& request);
Result<Report> alert_send(Engine& engine, const CommandRequest& request);
Result<Report> alert_show(Engine& engine, const CommandRequest& request);
Result<Report> alert_export(Engine& engine, const CommandRequest& request);
Result<Report> alert_ack(Engine& engine, const CommandRequest& request);
Result<Report> alert_withdraw(Engine& engine, const CommandRequest& request);
Result<Report> alert_list(Engine& engine, const CommandRequest& request);
// Holders whose vault was never online (commands_carried.cc).
Result<Report> alert_request(Engine& engine, const CommandRequest& request);
Result<Report> org_request(Engine& engine, const CommandRequest& request);
Result<Report> collect_command(Engine& engine, const CommandRequest& request);
Result<Report> show_carried_alert(Engine& engine, const CommandRequest& request);
Result<Report> sign_carried_alert(Engine& engine, const CommandRequest& request);
Result<Report> refuse_carried_alert(Engine& engine, const CommandRequest& request);
Result<Report> sign_carried_charter(Engine& engine, const CommandRequest& request);
Result<Report> evidence_send(Engine& engine, const CommandRequest& request);
Result<Report> evidence_import(Engine& engine, const CommandRequest& request);
Result<Report> evidence_receive(Engine& engine, const CommandRequest& request);
Result<Report> evidence_list(Engine& engine, const CommandRequest& request);
Result<Report> evidence_status(Engine& engine, const CommandRequest& request);
Result<Report> evidence_export(Engine& engine, const CommandRequest& request);
Result<Report> evidence_record(Engine& engine, const CommandRequest& request);
Result<Report> evidence_hand_over(Engine& engine, const CommandRequest& request);
Result<Report> evidence_cancel(Engine& engine, const CommandRequest& request);
Result<Report> sync_command(Engine& engine, const CommandRequest& request);
Result<Report> doctor_command(Engine& engine, const CommandRequest& request);
Result<Report> lang_command(Engine& engine, const CommandRequest& request);

// Helpers the handlers share.
// The invitation of `accept`, from the link itself or a file that holds it.
Result<Link> given_link(const CommandRequest& request);
// The proxy a new vault needs to reach the invitation's relay: Tor's for an onion service.
std::optional<std::string> proxy_needed_for(const Link& link);
Result<ContactRow> contact_named(Engine& engine, std::string_view petname);
// The person's own name for it, else its own.
std::string name_of(const OrganisationRow& organisation);
// By number as `org show` lists them, or by name; two of one name must be told apart by number.
Result<OrganisationRow> organisation_named(Engine& engine, std::string_view wanted);
// Words as people type them: in lower case, between blanks.
std::vector<std::string> split_words(const std::string& text);
// An organisation in the making, by name or number; of two of one name the one still open.
Result<FoundingRow> founding_named(Engine& engine, std::string_view wanted);
// What a founding asks of this person, by whom, and whom it names.
Result<Report> founding_page(Engine& engine, const FoundingRow& founding);
// "relay.example:7700", as people tell relays of one host apart.
std::string place_of(const RelayAddress& address);
// A person's words made safe to print on one line.
std::string shown(std::string_view text);
// "3 min", "5 h", "12 d".
std::string age_text(Instant since, Instant now);
// How far a message got, in the language; with it, after 48 hours without a receipt, to call.
DeliveryState delivery_of(const SentRow& sent);
// "2026-11-23 14:05 UTC".
std::string time_text(Instant at);
Result<std::int64_t> number_option(const CommandRequest& request, std::string_view option,
                                   std::int64_t otherwise);

}  // namespace tocsin

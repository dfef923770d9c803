// relay add, list, check; sync; doctor; lang.
#include <algorithm>

#include "client/cli/commands.h"
#include "client/cli/rounds.h"
#include "client/cli/terminal.h"
#include "client/cli/unlock.h"
#include "client/engine/notices.h"
#include "client/engine/reachability.h"
#include "client/store/alert_rows.h"
#include "client/store/message_rows.h"
#include "client/store/organisation_rows.h"
#include "client/store/setting.h"
#include "protocol/alert/render.h"

namespace tocsin {
namespace {

constexpr std::int64_t kClockDays = 1;  // a clock that far off is worth a word

const char* policy_name(AccessPolicy policy) {
  switch (policy) {
    case AccessPolicy::kOpen:
      return "open (proof of work)";
    case AccessPolicy::kPassword:
      return "password";
    case AccessPolicy::kToken:
      return "token";
  }
  return "unknown";
}

// In the person's language: what it is about, who or how many included.
std::string notice_words(const EngineNotice& notice, const std::string& who, Language language) {
  switch (notice.kind) {
    case NoticeKind::kForked:
    case NoticeKind::kRolledBack:
      return say(language, Phrase::kSaySessionAlarm, {who});
    case NoticeKind::kOutOfStep:
      return say(language, Phrase::kSayOutOfStep, {who});
    case NoticeKind::kMessagesLost:
      return say(language, Phrase::kSayLostFrom, {who, std::to_string(notice.detail)});
    case NoticeKind::kPeerSilent:
      return say(language, Phrase::kSayPeerSilent, {who});
    case NoticeKind::kCallThem:
      return say(language, Phrase::kSayCallPerson, {who});
    case NoticeKind::kUndelivered:
      return say(language, Phrase::kSayNotDelivered, {who});
    case NoticeKind::kInvitationTouched:
      return say(language, Phrase::kSayInvitationTouched);
    case NoticeKind::kSuperseded:
      return say(language, Phrase::kSayReadElsewhere);
    case NoticeKind::kUnknownKind:
      return say(language, Phrase::kSayNewerVersion, {who});
    case NoticeKind::kUnreadable:
      return say(language, Phrase::kSayBadMessage, {who});
    case NoticeKind::kNewSession:
      return say(language, Phrase::kSayNewSession, {who});
    case NoticeKind::kKeysChanged:
      return say(language, Phrase::kSayForeignKey, {who});
    case NoticeKind::kMovesTooOften:
      return say(language, Phrase::kSayMovesTooOften, {who});
    case NoticeKind::kOutOfReach:
      return say(language, Phrase::kSayOutOfReach, {who});
    case NoticeKind::kCharterFork:
      return say(language, Phrase::kSayCharterFork, {who});
    case NoticeKind::kEnded:
      return say(language, Phrase::kSayEnded, {who});
    case NoticeKind::kNewSigners:
      return say(language, Phrase::kSayNewSigners, {who});
    case NoticeKind::kNoRoom:
      return say(language, Phrase::kSayNoRoom, {who});
  }
  return {};
}

Result<ValueList> notice_values(Engine& engine, Language language, Instant since) {
  ValueList list;
  for (const NoticeRow& row : TRY(all_notices(engine))) {
    if (row.at < since) continue;
    std::string who;
    if (row.notice.contact.has_value())
      who = TRY(load_contact(engine.db(), *row.notice.contact)).petname;
    Value item;
    item.set("at", time_text(row.at))
        .set("who", who)
        .set("what", notice_words(row.notice, who, language))
        .set("kind", static_cast<int>(row.notice.kind))
        .set("alarm", is_alarm(row.notice.kind));
    list.push_back(std::move(item));
  }
  return list;
}

// What waits for the person in this vault.
struct Unread {
  std::size_t texts = 0;
  std::size_t alerts = 0;
  std::size_t to_sign = 0;
  std::size_t to_found = 0;
  std::size_t to_confirm = 0;
};

Result<Unread> count_unread(Engine& engine) {
  Unread unread;
  unread.texts = TRY(count_unread_texts(engine.db()));
  for (const AlertRow& alert : TRY(all_alerts(engine.db()))) unread.alerts += alert.read ? 0 : 1;
  for (const DraftRow& draft : TRY(all_drafts(engine.db()))) {
    const bool asked = draft.requester.has_value() && draft.answered == DraftAnswered::kNo;
    if (asked && TRY(find_organisation(engine.db(), draft.charter)).has_value()) ++unread.to_sign;
  }
  for (const FoundingRow& founding : TRY(all_foundings(engine.db()))) {
    if (!founding.asked_by.has_value() || founding.signed_by_us) continue;
    if (founding.proposal.has_value() || !TRY(has_holder_key(engine.db(), founding.id)))
      ++unread.to_found;
  }
  for (const OrganisationRow& organisation : TRY(all_organisations(engine.db())))
    unread.to_confirm += organisation.confirmed == ConfirmedBy::kNothing ? 1 : 0;
  return unread;
}

}  // namespace

Result<Report> relay_add(Engine& engine, const CommandRequest& request) {
  const Result<RelayAddress> address = parse_address(request.value_or("address", ""));
  if (!address.has_value()) {
    return failed(Exit::kUsage, "this is not a relay's address",
                  "copy what `tocsin-relay address` prints, whole");
  }
  SecretBytes password;
  if (const auto file = request.value("relay-password-file"); file.has_value())
    password = TRY(read_secret_file(*file));
  TRY(engine.in_transaction([&]() -> Status {
    TRY(save_relay(engine.db(), *address, password.expose(kExpose), RelayUse::kCommon));
    if (const auto proxy = request.value("proxy"); proxy.has_value()) {
      if (*proxy == "none") return erase_setting(engine.db(), setting::kProxy);
      TRY(parse_proxy(*proxy));
      return save_setting(engine.db(), setting::kProxy, as_bytes(*proxy));
    }
    return {};
  }));
  Report report;
  report.data.set("relay", print_address(*address));
  report.line("The relay is saved: " + address->host);
  if (TRY(find_text_setting(engine.db(), setting::kProxy)).empty() &&
      !address->host.ends_with(".onion")) {
    report.line(
        "Without a proxy the relay sees by network address who reads and who writes. See --proxy.");
  }
  return report;
}

Result<Report> relay_remove(Engine& engine, const CommandRequest& request) {
  const std::string wanted = request.value_or("address", "");
  const std::vector<RelayRow> relays = TRY(all_relays(engine.db()));
  std::vector<const RelayRow*> meant;
  for (const RelayRow& relay : relays) {
    if (relay.address.host == wanted || place_of(relay.address) == wanted ||
        print_address(relay.address) == wanted)
      meant.push_back(&relay);
  }
  if (meant.size() != 1)
    return failed(Exit::kUsage, meant.empty() ? "no relay has this address" : "which of them?",
                  "`tocsin relay list` shows the addresses");
  const bool another = std::ranges::any_of(relays, [&](const RelayRow& relay) {
    return relay.id != meant.front()->id && relay.common && relay.is_in_use();
  });
  if (!another)
    return failed(Exit::kFailed, "it is your only relay",
                  "add another one first: tocsin relay add");
  TRY(engine.in_transaction(
      [&] { return leave_relay(engine.db(), meant.front()->id, engine.today()); }));
  // Mailboxes elsewhere are made, and everybody is told of them.
  TRY(run_rounds(engine, kSync));
  Report report;
  report.data.set("relay", print_address(meant.front()->address));
  if (!request.has("gone")) {
    report.line(shown(wanted) +
                " is being left: it is read for 43 days more, for whoever has not "
                "heard of your other relays yet. Keep `tocsin run` or `sync` going.");
    return report;
  }
  const std::vector<std::string> hanging = TRY(forget_dead_relay(engine, meant.front()->id));
  ValueList names;
  for (const std::string& name : hanging) names.emplace_back(name);
  report.data.set("hanging", std::move(names));
  if (hanging.empty()) {
    report.line(shown(wanted) + " is forgotten.");
    return report;
  }
  report.exit = Exit::kNoRelay;
  report.error = "no other mailbox could be made yet for some contacts";
  report.hint = "type it again when your other relay answers";
  return report;
}

Result<Report> relay_list(Engine& engine, const CommandRequest&) {
  Report report;
  ValueList list;
  for (const RelayRow& relay : TRY(all_relays(engine.db()))) {
    Value item;
    item.set("address", print_address(relay.address)).set("password", !relay.password.empty());
    item.set("for_everybody", relay.common).set("leaving", !relay.is_in_use());
    list.push_back(std::move(item));
    report.line(print_address(relay.address) +
                (relay.leaving.has_value() ? "  (left on " + day_text(*relay.leaving) + ")"
                 : relay.common            ? ""
                                           : "  (for contacts who came by it)"));
  }
  if (list.empty()) report.line("No relay yet. Add one with `tocsin relay add ADDRESS`.");
  report.data.set("relays", std::move(list));
  return report;
}

Result<Report> relay_check(Engine& engine, const CommandRequest& request) {
  Report report;
  ValueList list;
  for (const RelayRow& relay : TRY(all_relays(engine.db()))) {
    Value item;
    item.set("address", print_address(relay.address));
    const Result<Welcome> welcome = engine.relays().welcome(relay);
    item.set("answers", welcome.has_value());
    if (!welcome.has_value()) {
      report.exit = Exit::kNoRelay;
      report.error = say(language_of(engine, request), Phrase::kSayRelayUnreachable,
                         {place_of(relay.address)});
      report.hint = "check the network, the proxy, and the address with the relay's operator";
      report.line(place_of(relay.address) + ": does not answer");
    } else {
      const std::int64_t off =
          std::int64_t{engine.today().value} - std::int64_t{welcome->rough_day.value};
      item.set("policy", policy_name(welcome->access)).set("days_apart", off);
      report.line(place_of(relay.address) + ": answers, " + policy_name(welcome->access) +
                  (welcome->durability == Durability::kEphemeral
                       ? ", keeps nothing across a restart"
                       : ""));
      if (off > kClockDays || off < -kClockDays) {
        report.line(say(language_of(engine, request), Phrase::kSayClockWrong,
                        {day_text(engine.today()), day_text(welcome->rough_day)}));
      }
      if (welcome->notice.has_value())
        report.line("It closes on " + day_text(welcome->notice->closing) + ".");
    }
    list.push_back(std::move(item));
  }
  report.data.set("relays", std::move(list));
  return report;
}

Result<Report> sync_command(Engine& engine, const CommandRequest& request) {
  const std::int64_t seconds = TRY(number_option(request, "for", 0));
  if (seconds < 0 || seconds > 86'400) return fail(kClientBadUsage, "sync --for");
  const RoundsOutcome outcome = TRY(run_rounds(
      engine, seconds > 0 ? RoundsLimit{Goal::kWholeTime, seconds * 1000, seconds * 1000} : kSync));
  const Unread unread = TRY(count_unread(engine));
  Report report;
  const auto say_number = [&](const char* name, const std::string& words, std::size_t number) {
    report.data.set(name, static_cast<std::int64_t>(number));
    if (number > 0) report.line(words + ": " + std::to_string(number));
  };
  say_number("waiting", "Messages waiting to leave", outcome.waiting);
  say_number("alerts", "Alerts not read yet (`tocsin alert list`)", unread.alerts);
  say_number("unread", "Messages not read yet (`tocsin inbox`)", unread.texts);
  say_number("to_sign", "Alerts that wait for your signature (`tocsin alert list`)",
             unread.to_sign);
  say_number("to_found", "Organisations that ask you to hold a key (`tocsin org show`)",
             unread.to_found);
  ValueList notices = TRY(notice_values(engine, language_of(engine, request),
                                        milliseconds_after(engine.now(), -kDaySpan)));
  say_number("to_confirm", "Organisations you have not confirmed (`tocsin org confirm`)",
             unread.to_confirm);
  const auto alarms = static_cast<std::size_t>(
      std::ranges::count_if(notices, [](const Value& notice) { return notice.truth_at("alarm"); }));
  say_number("alarms", "Alarms since yesterday (`tocsin doctor`)", alarms);
  if (report.text.empty()) report.line("Everything is sent, nothing new has come.");
  const bool reached = outcome.silent.empty();
  std::string silent;
  ValueList places;
  for (const std::string& place : outcome.silent) {
    silent += (silent.empty() ? "" : ", ") + place;
    places.emplace_back(place);
  }
  report.data.set("reached", reached).set("silent", std::move(places));
  report.data.set("notices", std::move(notices));
  if (!reached || outcome.waiting > 0) {
    report.exit = Exit::kNoRelay;
    report.error = reached ? "not everything could be sent" : "no answer from " + silent;
    report.hint = "what is to be sent is kept and sent later; `tocsin relay check` tells more";
  }
  return report;
}

Result<Report> doctor_command(Engine& engine, const CommandRequest& request) {
  // The vault first: nothing is written to it, and nobody waits for a relay, before it is known.
  TRY(engine.db().check_integrity());
  Report report = TRY(relay_check(engine, request));
  report.line("The vault is whole.");
  ValueList notices = TRY(notice_values(engine, language_of(engine, request), Instant{0}));
  for (const Value& notice : notices)
    report.line(notice.text_at("at") + "  " + notice.text_at("what"));
  ValueList fragile;
  for (const ContactRow& contact : TRY(all_contacts(engine.db()))) {
    if (contact.standing != ContactStanding::kAccepted) continue;
    const std::size_t ours = TRY(live_mailboxes_of(engine.db(), contact.id)).size();
    if (contact.routes.size() > 1 && ours > 1) continue;
    fragile.emplace_back(contact.petname);
    report.line(
        shown(contact.petname) + ": " + (contact.routes.size() > 1 ? "reaches you" : "is reached") +
        " at one relay only; when it dies, so does this contact. Use two: tocsin relay add");
  }
  report.data.set("on_one_relay", std::move(fragile));
  report.data.set("vault", "whole").set("notices", std::move(notices));
  if (engine.kem_pool() == nullptr)
    report.line("Memory cannot be locked here: secrets may reach the swap space.");
  return report;
}

Result<Report> lang_command(Engine& engine, const CommandRequest& request) {
  Report report;
  if (const auto tag = request.value("tag"); tag.has_value()) {
    if (!language_from(*tag).has_value()) {
      return failed(Exit::kUsage, "this language is not in the catalogue yet",
                    "one of " + language_codes());
    }
    TRY(engine.in_transaction(
        [&] { return save_setting(engine.db(), setting::kLanguage, as_bytes(*tag)); }));
  }
  const Language language = language_of(engine, request);
  report.data.set("language", std::string(as_text(language_code(language).view())));
  report.line(std::string(language_name(language)));
  return report;
}

}  // namespace tocsin

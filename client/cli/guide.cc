#include "client/cli/guide.h"

#include <unistd.h>

#include <array>

#include "client/cli/commands.h"
#include "client/cli/conversation.h"
#include "client/cli/explain.h"
#include "client/cli/guided_vault.h"
#include "client/cli/new_vault.h"
#include "client/cli/profile.h"
#include "client/cli/terminal.h"
#include "client/codes.h"
#include "protocol/alert/text.h"
#include "protocol/pairing/link.h"

namespace tocsin {
namespace {

// Failures that have words of their own in the catalogue.
struct Told {
  std::string_view code;
  Phrase error;
  std::optional<Phrase> hint;
};
constexpr std::array kTold{
    Told{"wrong_passphrase", Phrase::kSayWrongPassphrase, Phrase::kSayHintWrongPassphrase},
    Told{"locked", Phrase::kSayOtherProcess, std::nullopt},
    Told{"owner_gone", Phrase::kSayLocked, std::nullopt},
    Told{"nobody_typed", Phrase::kSayLockedIdle, std::nullopt},
    Told{"used_or_withdrawn", Phrase::kSayInvitationUsed, Phrase::kSayHintInvitationUsed},
    Told{"bad_link", Phrase::kSayInvitationUnreadable, Phrase::kSayHintInvitationUnreadable},
    Told{"no_such_file", Phrase::kSayInvitationUnreadable, Phrase::kSayHintInvitationUnreadable},
    Told{"no_relay", Phrase::kSayOffline, Phrase::kSayHintOffline},
    Told{"disk_full", Phrase::kSayLocalFault, Phrase::kSayHintLocalFault},
    Told{"file_fault", Phrase::kSayLocalFault, Phrase::kSayHintLocalFault},
};

CommandRequest command(std::string path) { return {std::move(path), {}, {}}; }

class Guide {
 public:
  explicit Guide(const CommandRequest& base)
      : base_(base), vault_(base), talk_(first_language(base)) {}

  Result<Exit> run();

 private:
  static Language first_language(const CommandRequest& base) {
    for (const char* option : {"lang", "locale"}) {
      if (const auto found = language_from(base.value_or(option, "")); found.has_value())
        return *found;
    }
    return Language::kEnglish;
  }

  Status begin();
  Status choose_language();
  Status make_new_vault();
  Result<Credential> new_credential(Rng& rng);
  Status show_recovery_words(Vault& vault, Rng& rng);
  Status unlock();
  Status speak_the_vaults_language();

  Status catch_up();
  Result<bool> menu();
  Status read_what_is_new();
  Status read_alert(const Value& alert);
  Status answer(const std::string& contact);
  Status look_again();
  Result<std::string> ask_invitation();
  Status accept(std::string link);
  Status accept_another();
  Status verify();
  Status confirm();
  Status write();

  Status tell_failure(const Report& report);
  // A report of success, or nothing after the failure was told.
  Result<std::optional<Report>> carry(CommandRequest request);
  Result<std::optional<std::string>> choose_contact();

  CommandRequest base_;
  GuidedVault vault_;
  Conversation talk_;
  std::string invitation_;  // of somebody new here, until the vault is made
  bool device_asked_ = false;
};

// The input ended, the terminal went away, or a signal came: there is nobody to ask again.
bool person_left(Code code) {
  return code == kNotReady || code == kNoTerminal || code == kBrokenOff;
}

Status Guide::tell_failure(const Report& report) {
  const std::string code = report.data.text_at("code");
  for (const Told& told : kTold) {
    if (told.code != code) continue;
    TRY(talk_.tell(told.error));
    if (told.hint.has_value()) TRY(talk_.tell(*told.hint));
    return {};
  }
  // Without a code the command has said it in the person's language already.
  if (code.empty()) return talk_.show(report.error + "\n" + report.hint + "\n");
  return talk_.tell(Phrase::kSayDidNotWork, {report.error});
}

Result<std::optional<Report>> Guide::carry(CommandRequest request) {
  Report report = vault_.carry(std::move(request));
  if (report.exit == Exit::kDone) return report;
  TRY(tell_failure(report));
  return std::nullopt;
}

Status Guide::choose_language() {
  std::vector<Choice> names;
  names.reserve(kLanguages.size());
  for (const Language language : kLanguages)
    names.emplace_back(std::string(language_name(language)));
  talk_.speak(kLanguages.at(TRY(talk_.choose(names))));
  return {};
}

Result<Credential> Guide::new_credential(Rng& rng) {
  for (;;) {
    const SecretBytes first = TRY(talk_.ask_secret(Phrase::kSayAskNewPassphrase));
    if (first.empty()) {
      const SecretBytes made = make_passphrase_words(rng);
      TRY(talk_.tell(Phrase::kSayMadePassphrase, {typed_form(made)}));
      TRY(talk_.wait_for_enter());
      return Credential::from_text(made);
    }
    const SecretBytes second = TRY(talk_.ask_secret(Phrase::kSayRepeatPassphrase));
    if (equal_in_constant_time(first.expose(kExpose), second.expose(kExpose)))
      return Credential::from_text(first);
    TRY(talk_.tell(Phrase::kSayPassphrasesDiffer));
  }
}

Status Guide::show_recovery_words(Vault& vault, Rng& rng) {
  const std::string words = TRY(add_recovery_words(vault, rng));
  TRY(talk_.tell(Phrase::kSayShowRecoveryWords));
  TRY(talk_.show("\n  " + words + "\n\n"));
  TRY(talk_.wait_for_enter());
  for (const std::size_t place : kWordsAskedBack) {
    while (TRY(talk_.ask_line(Phrase::kSayAskRecoveryWord, {std::to_string(place)})) !=
           recovery_word(words, place))
      TRY(talk_.tell(Phrase::kSayNotTheWord));
  }
  return {};
}

Status Guide::make_new_vault() {
  SystemRng rng;
  if (!base_.has("lang") && !language_from(base_.value_or("locale", "")).has_value())
    TRY(choose_language());
  TRY(talk_.tell(Phrase::kSayWelcome));
  TRY(talk_.tell(Phrase::kSayUseCleanDevice));
  TRY(talk_.wait_for_enter());
  invitation_ = TRY(ask_invitation());
  VaultPlan plan{.folder = TRY(vault_folder(base_))};
  CommandRequest accept = command("accept");
  accept.options["link"] = {invitation_};
  if (const Result<Link> link = given_link(accept); link.has_value())
    plan.proxy = proxy_needed_for(*link);
  const Credential credential = TRY(new_credential(rng));
  TRY(talk_.tell(Phrase::kSayOneMoment));
  Vault vault = TRY(make_vault(plan, credential, rng));
  TRY(show_recovery_words(vault, rng));
  TRY(vault_.open(std::move(vault)));
  CommandRequest language = command("lang");
  language.options["tag"] = {std::string(as_text(language_code(talk_.language()).view()))};
  static_cast<void>(TRY(carry(std::move(language))));
  return {};
}

Status Guide::unlock() {
  SystemRng rng;
  const Path folder = TRY(vault_folder(base_));
  const bool typed =
      !base_.has("key-file") && !base_.has("passphrase-file") && !base_.has("passphrase-fd");
  for (;;) {
    const Result<Credential> credential = [&]() -> Result<Credential> {
      if (!typed) return ask_credential(base_, "");
      return Credential::from_text(TRY(talk_.ask_secret(Phrase::kSayAskPassphrase)));
    }();
    if (!credential.has_value()) {
      if (!typed || person_left(credential.error().code)) return fail(credential.error());
      TRY(tell_failure(explain(credential.error())));
      continue;
    }
    TRY(talk_.tell(Phrase::kSayOneMoment));
    Result<Vault> opened = open_vault_with(base_, folder, *credential, rng);
    if (opened.has_value()) return vault_.open(std::move(*opened));
    if (!typed || opened.error().code != kWrongPassphrase) return fail(opened.error());
    TRY(tell_failure(explain(opened.error())));
  }
}

Status Guide::speak_the_vaults_language() {
  const Report report = vault_.carry(command("lang"));
  if (const auto language = language_from(report.data.text_at("language")); language.has_value())
    talk_.speak(*language);
  return {};
}

Status Guide::begin() {
  if (TRY(vault_.is_served())) return speak_the_vaults_language();
  if (!TRY(file_exists(VaultFiles(TRY(vault_folder(base_))).keys))) {
    TRY(make_new_vault());
  } else {
    TRY(unlock());
    TRY(speak_the_vaults_language());
  }
  return talk_.tell(Phrase::kSayUnlocked);
}

Status Guide::catch_up() {
  TRY(talk_.tell(Phrase::kSayAskingRelay));
  const Report report = vault_.carry(command("sync"));
  if (report.exit == Exit::kNoRelay) {
    TRY(talk_.tell(Phrase::kSayOffline));
    TRY(talk_.tell(Phrase::kSayHintOffline));
  } else if (report.exit != Exit::kDone) {
    TRY(tell_failure(report));
  }
  for (const Value& notice : report.data.list_at("notices"))
    TRY(talk_.show("! " + notice.text_at("what") + "\n"));
  const std::int64_t unread = report.data.number_at("alerts") + report.data.number_at("unread");
  return unread == 0 ? Status{} : talk_.tell(Phrase::kSayInboxNew, {std::to_string(unread)});
}

Result<std::optional<std::string>> Guide::choose_contact() {
  const std::optional<Report> report = TRY(carry(command("contacts")));
  if (!report.has_value()) return std::nullopt;
  std::vector<std::string> names;
  std::vector<Choice> choices;
  for (const Value& contact : report->data.list_at("contacts")) {
    if (!contact.truth_at("connected") && !contact.truth_at("invited")) continue;
    names.push_back(contact.text_at("name"));
    choices.emplace_back(isolate(safe_text(names.back(), {.max_letters = 96})));
  }
  if (names.empty()) {
    TRY(talk_.tell(Phrase::kSayNoContactYet));
    return std::nullopt;
  }
  if (names.size() == 1) return names.front();
  TRY(talk_.tell(Phrase::kSayChooseContact));
  choices.emplace_back(talk_.language(), Phrase::kSayBack);
  const std::size_t chosen = TRY(talk_.choose(choices));
  if (chosen == names.size()) return std::nullopt;
  return names[chosen];
}

Status Guide::answer(const std::string& contact) {
  if (!TRY(talk_.ask_yes(Phrase::kSayAskWriteBack))) return {};
  CommandRequest send = command("send");
  send.options["contact"] = {contact};
  send.text = TRY(talk_.ask_text(Phrase::kSayAskAnswer));
  if (send.text.empty()) return talk_.tell(Phrase::kSayNothingWritten);
  const std::optional<Report> sent = TRY(carry(std::move(send)));
  return sent.has_value() ? talk_.tell(Phrase::kSaySent) : Status{};
}

Status Guide::read_alert(const Value& alert) {
  CommandRequest show = command("alert show");
  show.options["alert"] = {alert.text_at("alert")};
  const std::optional<Report> page = TRY(carry(std::move(show)));
  if (!page.has_value()) return {};
  TRY(talk_.show("\n" + page->text + "\n"));
  TRY(vault_.note_shown(*page));
  if (alert.truth_at("acknowledged")) return {};
  if (TRY(talk_.ask_yes(Phrase::kSayAckAsk))) {
    CommandRequest ack = command("alert ack");
    ack.options["alert"] = {alert.text_at("alert")};
    if (TRY(carry(std::move(ack))).has_value()) TRY(talk_.tell(Phrase::kSayAcknowledged));
  }
  return answer(alert.text_at("from"));
}

Status Guide::read_what_is_new() {
  const std::optional<Report> alerts = TRY(carry(command("alert list")));
  bool any = false;
  bool read_before = false;
  if (alerts.has_value()) {
    for (const Value& alert : alerts->data.list_at("received"))
      read_before = read_before || alert.truth_at("read");
    for (const Value& alert : alerts->data.list_at("received")) {
      if (alert.truth_at("read")) continue;
      any = true;
      TRY(talk_.tell(Phrase::kSayAlertWaiting, {alert.text_at("from")}));
      // Whoever has read one before has answered this.
      if (!read_before && !device_asked_ && TRY(talk_.ask_yes(Phrase::kSayAskConcernedDevice)))
        return talk_.tell(Phrase::kSayStopUseOther);
      device_asked_ = true;
      TRY(read_alert(alert));
    }
  }
  const std::optional<Report> texts = TRY(carry(command("inbox")));
  if (!texts.has_value()) return {};
  const ValueList& messages = texts->data.list_at("messages");
  if (messages.empty()) return any ? Status{} : talk_.tell(Phrase::kSayInboxEmpty);
  TRY(talk_.show("\n"));
  for (const Value& message : messages) {
    TRY(talk_.tell(Phrase::kSayMessageFrom,
                   {message.text_at("from"), message.text_at("received")}));
    if (!message.truth_at("verified"))
      TRY(talk_.tell(Phrase::kSayNotVerifiedYet, {message.text_at("from")}));
    TRY(talk_.show(
        isolate(safe_text(message.text_at("text"),
                          {.max_letters = kMaxTextBytes, .line_breaks = LineBreaks::kAllowed})) +
        "\n\n"));
  }
  TRY(vault_.note_shown(*texts));
  const std::string from = messages.back().text_at("from");
  for (const Value& message : messages) {
    if (message.text_at("from") != from) return {};  // several people: `write` asks whom
  }
  return answer(from);
}

Status Guide::look_again() {
  const std::optional<Report> alerts = TRY(carry(command("alert list")));
  if (!alerts.has_value()) return {};
  std::vector<const Value*> known;
  std::vector<Choice> choices;
  for (const Value& alert : alerts->data.list_at("received")) {
    if (!alert.truth_at("read")) continue;
    known.push_back(&alert);
    choices.emplace_back(isolate(safe_text(alert.text_at("from"), {.max_letters = 96})) + ", " +
                         alert.text_at("received"));
  }
  if (known.empty()) return talk_.tell(Phrase::kSayInboxEmpty);
  choices.emplace_back(talk_.language(), Phrase::kSayBack);
  TRY(talk_.tell(Phrase::kSayChooseAlert));
  const std::size_t chosen = TRY(talk_.choose(choices));
  return chosen == known.size() ? Status{} : read_alert(*known[chosen]);
}

// A link, or the path of a file with one, that holds an invitation; empty for nothing.
Result<std::string> Guide::ask_invitation() {
  for (;;) {
    std::string typed = TRY(talk_.ask_line(Phrase::kSayAskInvitation));
    if (typed.empty()) return typed;
    CommandRequest request = command("accept");
    if (!typed.starts_with(kLinkScheme)) {
      std::error_code code;
      typed = std::filesystem::absolute(typed, code).string();
    }
    request.options["link"] = {typed};
    const Result<Link> link = given_link(request);
    if (link.has_value()) return typed;
    TRY(tell_failure(explain(link.error())));
  }
}

Status Guide::accept(std::string link) {
  if (link.empty()) return {};
  CommandRequest accept = command("accept");
  accept.options["link"] = {std::move(link)};
  const std::string name = TRY(talk_.ask_line(Phrase::kSayAskContactName));
  if (!name.empty()) accept.options["name"] = {name};
  TRY(talk_.tell(Phrase::kSayOneMoment));
  const std::optional<Report> report = TRY(carry(std::move(accept)));
  if (!report.has_value()) return {};
  const std::string contact = report->data.text_at("contact");
  TRY(talk_.tell(Phrase::kSayAccepted, {contact}));
  return talk_.tell(Phrase::kSayNotVerifiedYet, {contact});
}

Status Guide::accept_another() { return accept(TRY(ask_invitation())); }

Status Guide::verify() {
  const std::optional<std::string> contact = TRY(choose_contact());
  if (!contact.has_value()) return {};
  CommandRequest verify = command("verify");
  verify.options["contact"] = {*contact};
  const std::optional<Report> digits = TRY(carry(verify));
  if (!digits.has_value()) return {};
  TRY(talk_.tell(Phrase::kSayVerifyCompare, {*contact}));
  TRY(talk_.show("\n" + digits->data.text_at("grouped") + "\n\n"));
  if (!TRY(talk_.ask_yes(Phrase::kSayVerifyAsk))) return talk_.tell(Phrase::kSayVerifyDiffer);
  verify.options["same"] = {""};
  if (!TRY(carry(std::move(verify))).has_value()) return {};
  return talk_.tell(Phrase::kSayVerified, {*contact});
}

Status Guide::confirm() {
  const std::optional<Report> report = TRY(carry(command("org show")));
  if (!report.has_value()) return {};
  std::vector<const Value*> open;
  std::vector<Choice> choices;
  for (const Value& organisation : report->data.list_at("organisations")) {
    if (organisation.truth_at("confirmed")) continue;
    open.push_back(&organisation);
    choices.emplace_back(isolate(safe_text(organisation.text_at("name"), {.max_letters = 96})));
  }
  if (open.empty()) return talk_.tell(Phrase::kSayNoOrganisation);
  choices.emplace_back(talk_.language(), Phrase::kSayBack);
  TRY(talk_.tell(Phrase::kSayChooseOrganisation));
  const std::size_t chosen = TRY(talk_.choose(choices));
  if (chosen == open.size()) return {};
  TRY(talk_.tell(Phrase::kSayOrgConfirmIntro, {open[chosen]->text_at("name")}));
  CommandRequest confirm = command("org confirm");
  confirm.options["organisation"] = {std::to_string(open[chosen]->number_at("number"))};
  confirm.options["words"] = {TRY(talk_.ask_line(Phrase::kSayOrgConfirmAsk))};
  const Report done = vault_.carry(std::move(confirm));
  if (done.exit == Exit::kNotVerified) return talk_.tell(Phrase::kSayOrgWordsDiffer);
  if (done.exit != Exit::kDone) return tell_failure(done);
  if (done.data.number_at("threshold") < 2) return talk_.tell(Phrase::kOneKeyDecides);
  return talk_.tell(Phrase::kSayOrgConfirmed, {open[chosen]->text_at("name")});
}

Status Guide::write() {
  const std::optional<std::string> contact = TRY(choose_contact());
  if (!contact.has_value()) return {};
  TRY(talk_.show(isolate(safe_text(*contact, {.max_letters = 96})) + "\n"));
  CommandRequest send = command("send");
  send.options["contact"] = {*contact};
  send.text = TRY(talk_.ask_text(Phrase::kSayAskMessage));
  if (send.text.empty()) return talk_.tell(Phrase::kSayNothingWritten);
  const std::optional<Report> sent = TRY(carry(std::move(send)));
  return sent.has_value() ? talk_.tell(Phrase::kSaySent) : Status{};
}

// False when the person leaves.
Result<bool> Guide::menu() {
  struct Item {
    Phrase phrase;
    Status (Guide::*action)();  // none: leave
  };
  static constexpr std::array kItems{Item{Phrase::kSayMenuInbox, &Guide::read_what_is_new},
                                     Item{Phrase::kSayMenuAgain, &Guide::look_again},
                                     Item{Phrase::kSayMenuWrite, &Guide::write},
                                     Item{Phrase::kSayMenuAccept, &Guide::accept_another},
                                     Item{Phrase::kSayMenuVerify, &Guide::verify},
                                     Item{Phrase::kSayMenuConfirm, &Guide::confirm},
                                     Item{Phrase::kSayMenuHelp, nullptr},
                                     Item{Phrase::kSayMenuQuit, nullptr}};
  std::vector<Choice> choices;
  choices.reserve(kItems.size());
  for (const Item& item : kItems) choices.emplace_back(talk_.language(), item.phrase);
  TRY(talk_.show("\n"));
  const Item& chosen = kItems.at(TRY(talk_.choose(choices)));
  if (chosen.phrase == Phrase::kSayMenuQuit) return false;
  TRY(talk_.show("\n"));
  if (chosen.phrase == Phrase::kSayMenuHelp) {
    TRY(talk_.tell(Phrase::kSayHelp));
    TRY(talk_.tell(Phrase::kGoldenRule));
    return true;
  }
  TRY((this->*chosen.action)());
  return true;
}

Result<Exit> Guide::run() {
  const Status done = [&]() -> Status {
    TRY(begin());
    talk_.set_meanwhile([this] { return vault_.meanwhile(); });
    TRY(accept(std::exchange(invitation_, {})));
    TRY(catch_up());
    while (TRY(menu())) {
    }
    return {};
  }();
  const Status closed = vault_.close();
  // The terminal went away, or its input ended: whoever comes next finds the vault locked.
  const bool left = done.has_value() || person_left(done.error().code);
  const Status& ended = left ? closed : done;
  if (ended.has_value()) {
    TRY(talk_.tell(Phrase::kSayLocked));
    return Exit::kDone;
  }
  const Report report = explain(ended.error());
  TRY(tell_failure(report));
  return report.exit;
}

}  // namespace

Result<Exit> guide(const CommandRequest& base) { return Guide(base).run(); }

}  // namespace tocsin

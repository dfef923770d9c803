#include "client/cli/program.h"

#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>

#include "client/cli/command_line.h"
#include "client/cli/commands.h"
#include "client/cli/evidence_export.h"
#include "client/cli/evidence_pack.h"
#include "client/cli/evidence_progress.h"
#include "client/cli/evidence_verify.h"
#include "client/cli/explain.h"
#include "client/cli/follow.h"
#include "client/cli/guide.h"
#include "client/cli/local_commands.h"
#include "client/cli/manual.h"
#include "client/cli/profile.h"
#include "client/cli/questions.h"
#include "client/cli/rounds.h"
#include "client/cli/serve.h"
#include "client/cli/terminal.h"
#include "client/cli/unlock.h"
#include "client/engine/upkeep.h"
#include "crypto/base/harden.h"
#include "crypto/box/box.h"
#include "protocol/pairing/link.h"

namespace tocsin {
namespace {

using LocalHandler = Result<Report> (*)(const CommandRequest&);
struct LocalEntry {
  std::string_view path;
  LocalHandler handler;
};
constexpr std::array kLocalHandlers{
    LocalEntry{"init", init_command},
    LocalEntry{"passphrase", passphrase_command},
    LocalEntry{"vault reencrypt", reencrypt_command},
    LocalEntry{"vault slots", slots_command},
    LocalEntry{"restore", restore_command},
    LocalEntry{"move", move_command},
    LocalEntry{"recover", recover_command},
    LocalEntry{"evidence verify", evidence_verify},
    LocalEntry{"wipe", wipe_command},
    LocalEntry{"run", run_owner},
};

std::string output_of(const Report& report, const CommandRequest& request) {
  if (!request.has("json")) return report.text;
  Value data = report.data;
  data.set("exit", static_cast<int>(report.exit));
  if (!report.error.empty()) data.set("error", report.error).set("hint", report.hint);
  return to_json(data) + "\n";
}

void complain(const Report& report) {
  say("error: " + report.error + "\nhint:  " + report.hint + "\n");
}

// Everything was written, or this says why not.
Status show(const Report& report, const CommandRequest& request) {
  TRY(print_text(STDOUT_FILENO, output_of(report, request)));
  if (report.exit != Exit::kDone && !request.has("json")) complain(report);
  return {};
}

// The running owner's answer is shown here; only then it may count it as read. An owner that ended
// meanwhile leaves it unread, to be shown again.
Result<Exit> present(const Report& report, const CommandRequest& request) {
  if (report.is_shown) {
    // The answer itself stands on standard output already: one line of JSON, and no second one.
    if (report.exit != Exit::kDone) complain(report);
    return report.exit;
  }
  TRY(show(report, request));
  if (!report.once_shown.has_value()) return report.exit;
  const Path socket = TRY(socket_path(TRY(vault_folder(request))));
  const std::optional<Report> noted = TRY(ask_owner(socket, *report.once_shown));
  if (!noted.has_value() || noted->exit == Exit::kDone) return report.exit;
  complain(*noted);
  return noted->exit;
}

int exit_after_showing(const Report& report, const CommandRequest& request) {
  const Result<Exit> exit = present(report, request);
  if (exit.has_value()) return static_cast<int>(*exit);
  const Report lost = explain(exit.error());
  complain(lost);
  return static_cast<int>(lost.exit);
}

Result<std::string> absolute_path(const std::string& path) {
  std::error_code code;
  const Path absolute = std::filesystem::absolute(path, code);
  if (code) return fail(kFileFault, "path", code.value());
  return absolute.string();
}

// `accept -`: the link is asked for, so that no shell history and no list of processes has it.
Status take_link(CommandRequest& request) {
  const auto found = request.options.find("link");
  if (found == request.options.end() || found->second.front() != "-") return {};
  std::string link = can_ask() ? TRY(ask_line("The link:")) : TRY(read_standard_input());
  const std::size_t end = link.find_last_not_of(" \t\r\n");
  link.resize(end == std::string::npos ? 0 : end + 1);
  if (!link.starts_with(kLinkScheme)) return fail(kBadLink, "link");
  found->second.front() = std::move(link);
  return {};
}

// clang-format off: it would give each a line
constexpr std::array kPathOptions{
    "file", "qr-file", "picture", "html", "folder", "key-file-of", "relay-password-file", "link", "copy",
    "copy-key-file", "copy-passphrase-file", "make-key-file", "new-passphrase-file", "request", "out",
    "path", "note", "why", "bag", "tsq", "authorities", "identity", "age-passphrase-file"};
// clang-format on

// Paths in a request mean the caller's folder, whoever carries it out.
Status make_paths_absolute(CommandRequest& request) {
  for (const char* option : kPathOptions) {
    const auto found = request.options.find(option);
    if (found == request.options.end()) continue;
    std::string& path = found->second.front();
    if (!path.starts_with(kLinkScheme)) path = TRY(absolute_path(path));
  }
  const auto keys = request.options.find("offline-key");
  if (keys == request.options.end()) return {};
  for (std::string& given : keys->second) {  // NAME=FILE
    const std::size_t file = given.find('=') + 1;
    if (file != 0) given = given.substr(0, file) + TRY(absolute_path(given.substr(file)));
  }
  return {};
}

Status take_text(const CommandSpec& command, CommandRequest& request) {
  if (command.text == TextInput::kNone) return {};
  if (const auto file = request.value("file"); file.has_value()) {
    request.text = TRY(read_text_file(*file));
  } else if (can_ask()) {
    request.text = TRY(ask_text("Write; an empty line ends it:"));
  } else {
    request.text = TRY(read_standard_input());
  }
  return {};
}

// Everything the request needs from this process' files and terminal. What it answers is an error,
// or kDone and empty.
Report prepare(const CommandSpec& command, CommandRequest& request) {
  if (request.command == "evidence receive" && !request.has("folder"))
    request.options["folder"] = {"."};
  const Status paths = [&]() -> Status {
    TRY(take_link(request));
    return make_paths_absolute(request);
  }();
  if (!paths.has_value()) return explain(paths.error());
  if (Report details = take_details(request); details.exit != Exit::kDone) return details;
  const Status text = take_text(command, request);
  return text.has_value() ? pack_for(request) : explain(text.error());
}

// On a device without a vault `accept` makes one first: the whole way in, in one command. Nothing
// when there is one.
Result<std::optional<Report>> make_vault_for(const CommandRequest& request) {
  if (request.command != "accept") return std::nullopt;
  if (TRY(file_exists(VaultFiles(TRY(vault_folder(request))).keys))) {
    if (request.has("proxy")) return fail(kClientBadUsage, "proxy of a vault that is there");
    return std::nullopt;
  }
  const Link link = TRY(given_link(request));  // what cannot be an invitation makes no vault
  CommandRequest init = request;
  // Not a single packet to whoever made the link before the person's proxy is known.
  if (const auto proxy = proxy_needed_for(link); proxy.has_value() && !init.has("proxy"))
    init.options["proxy"] = {*proxy};
  Report made = TRY(init_command(init));
  if (made.exit != Exit::kDone) return fail(kClientBadUsage, "new vault");
  return made;
}

// The command is done and kept, whether or not the relay has it already.
void tell_how_far(Report& report, const RoundsOutcome& outcome, Language language) {
  report.data.set("waiting", static_cast<std::int64_t>(outcome.waiting));
  if (outcome.waiting == 0) {
    report.line(say(language, Phrase::kStateAtRelay));
    return;
  }
  report.exit = Exit::kNoRelay;
  report.error = "the relay has not taken it yet";
  report.hint =
      "it is kept: `tocsin sync` or `tocsin run` sends it; nothing needs to be typed again";
}

Result<Report> run_in_vault(const CommandRequest& opening, const CommandRequest& request) {
  SystemRng rng;
  const Path folder = TRY(vault_folder(request));
  std::unique_ptr<Workplace> place = TRY(Workplace::enter(TRY(open_vault(opening, folder, rng))));
  sweep_packed(place->engine(), folder);
  Report report = run_command(place->engine(), request);
  // Shown while the vault is open: what could not be shown stays unread.
  if (report.once_shown.has_value()) {
    TRY(show(report, request));
    report = run_command(place->engine(), *std::exchange(report.once_shown, {}));
    report.is_shown = true;
  }
  if (report.exit == Exit::kDone && moves_evidence(request)) {
    report = follow_evidence(report, request, [&](const CommandRequest& status) -> Result<Report> {
      static_cast<void>(
          TRY(step(place->engine(), milliseconds_after(place->engine().now(), kEvidenceRoundMs))));
      return run_command(place->engine(), status);
    });
  }
  // Nobody else is there to send it: this process stays until it is at the relay, for a while.
  if (report.exit == Exit::kDone && queues_messages(request)) {
    tell_how_far(report, TRY(run_rounds(place->engine(), kAfterCommand)),
                 language_of(place->engine(), request));
  }
  if (const Status left = std::move(*place).leave(); !left.has_value()) {
    const bool is_shown = report.is_shown;
    report = explain(left.error());
    report.is_shown = is_shown;
  }
  return report;
}

Result<Report> run_here(const CommandRequest& request) {
  const std::optional<Report> made = TRY(make_vault_for(request));
  if (!made.has_value()) return run_in_vault(request, request);
  CommandRequest opening = request;
  if (const auto file = request.value("make-key-file"); file.has_value())
    opening.options["key-file"] = {*file};
  // Whatever becomes of the command: the new vault's recovery words are shown now or never.
  const Result<Report> done = run_in_vault(opening, request);
  Report report = done.has_value() ? *done : explain(done.error());
  report.text = made->text + report.text;
  report.data.set("new_vault", made->data);
  return report;
}

Result<Report> carry_out(const CommandSpec& command, const CommandRequest& request) {
  if (command.runner == Runner::kLocal) {
    for (const LocalEntry& entry : kLocalHandlers) {
      if (entry.path == request.command) return entry.handler(request);
    }
    return fail(kClientBadUsage, "command");
  }
  const Path socket = TRY(socket_path(TRY(vault_folder(request))));
  std::optional<Report> answered = TRY(ask_owner(socket, request));
  if (answered.has_value() && answered->exit == Exit::kDone && moves_evidence(request)) {
    return follow_evidence(*answered, request, [&](const CommandRequest& status) -> Result<Report> {
      ::usleep(static_cast<useconds_t>(kEvidenceRoundMs) * 1000);
      std::optional<Report> told = TRY(ask_owner(socket, status));
      if (!told.has_value()) return fail(kOwnerGone, "evidence");
      return std::move(*told);
    });
  }
  if (answered.has_value()) return std::move(*answered);
  Result<Report> report = run_here(request);
  // The vault was taken by a `tocsin run` that started meanwhile: it can be asked.
  if (report.has_value() || report.error().code != kLocked) return report;
  answered = TRY(ask_owner(socket, request));
  return answered.has_value() ? std::move(*answered) : std::move(report);
}

std::string locale() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread
    if (value != nullptr && *value != '\0') return value;
  }
  return {};
}

int guide_the_person(const CommandRequest& request) {
  if (!can_ask() || ::isatty(STDOUT_FILENO) != 1 || request.has("json")) {
    complain(failed(Exit::kUsage, "a command is missing, or a terminal to ask at",
                    "tocsin --help lists every command; without one it asks, at a terminal"));
    return static_cast<int>(Exit::kUsage);
  }
  const Result<Exit> exit = guide(request);
  if (exit.has_value()) return static_cast<int>(*exit);
  const Report lost = explain(exit.error());
  complain(lost);
  return static_cast<int>(lost.exit);
}

}  // namespace

int run_program(const std::vector<std::string>& arguments) {
  // A reader that goes away is an error to tell, and no reason to leave a vault half closed.
  if (std::signal(SIGPIPE, SIG_IGN) == SIG_ERR) return static_cast<int>(Exit::kFailed);
  if (arguments == std::vector<std::string>{"--man-page"}) {
    return print_text(STDOUT_FILENO, man_page()).has_value() ? 0 : 1;
  }
  if (arguments == std::vector<std::string>{"--completion"}) {
    return print_text(STDOUT_FILENO, bash_completion()).has_value() ? 0 : 1;
  }
  auto line = parse_command_line(arguments);
  if (!line.has_value()) {
    const int descriptor = line.error().exit == 0 ? STDOUT_FILENO : STDERR_FILENO;
    return print_text(descriptor, line.error().text).has_value() ? line.error().exit : 1;
  }
  CommandRequest& request = line->request;
  const Status started = start_crypto();
  if (!started.has_value()) return exit_after_showing(explain(started.error()), request);
  if (const Result<MemoryLock> hardened = protect_process_memory(); !hardened.has_value()) {
    return exit_after_showing(explain(hardened.error()), request);
  }
  if (const std::string from_environment = locale(); !from_environment.empty()) {
    request.options["locale"] = {from_environment};
  }
  if (const auto tag = request.value("lang"); tag.has_value() && !language_from(*tag).has_value())
    return exit_after_showing(failed(Exit::kUsage, "--lang: this language is not in the catalogue",
                                     "one of " + language_codes()),
                              request);
  if (line->command == nullptr) return guide_the_person(request);
  if (const Report prepared = prepare(*line->command, request); prepared.exit != Exit::kDone)
    return exit_after_showing(prepared, request);
  const Carrier carrier = [&](const CommandRequest& each) -> Report {
    Result<Report> report = carry_out(*line->command, each);
    return report.has_value() ? std::move(*report) : explain(report.error());
  };
  if (request.command == "inbox" && request.has("follow")) {
    return follow_inbox(request, carrier,
                        [&](const Report& report) { return exit_after_showing(report, request); });
  }
  if (request.has("packed-for")) {
    const Report sent = carrier(request);
    unpack(request, sent);
    return exit_after_showing(sent, request);
  }
  if (request.command == "evidence export")
    return exit_after_showing(export_evidence(request, carrier), request);
  return exit_after_showing(ask_and_carry(request, carrier), request);
}

}  // namespace tocsin

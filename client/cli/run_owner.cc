// tocsin run: one process owns the vault, keeps the connections, and serves the other commands.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "client/cli/commands.h"
#include "client/cli/evidence_pack.h"
#include "client/cli/explain.h"
#include "client/cli/idle.h"
#include "client/cli/local_commands.h"
#include "client/cli/notify.h"
#include "client/cli/profile.h"
#include "client/cli/serve.h"
#include "client/cli/terminal.h"
#include "client/cli/unlock.h"
#include "client/engine/upkeep.h"
#include "client/store/alert_rows.h"
#include "client/store/message_rows.h"

namespace tocsin {
namespace {

constexpr std::int64_t kRoundMs = 500;
constexpr std::int64_t kSettleMs = 1'000;

volatile std::sig_atomic_t stop_asked = 0;
void ask_stop(int) { stop_asked = 1; }

Status catch_signals() {
  struct sigaction action{};
  action.sa_handler = ask_stop;
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
    if (::sigaction(number, &action, nullptr) != 0) return fail(kFileFault, "sigaction", errno);
  }
  return {};
}

// How many things wait to be read: the only fact a notification is made from.
Result<std::size_t> unread_things(Engine& engine) {
  std::size_t unread = TRY(count_unread_texts(engine.db()));
  for (const AlertRow& alert : TRY(all_alerts(engine.db()))) unread += alert.read ? 0 : 1;
  return unread;
}

struct Watchfulness {
  Notifier& notifier;
  std::size_t unread = 0;
};

// A command of `tocsin run` itself.
std::optional<Report> control(const CommandRequest& request) {
  if (request.command == "stop") {
    stop_asked = 1;
    return Report{};
  }
  return std::nullopt;
}

Status serve_waiting(CommandSocket& socket, Engine& engine, IdleClock& idle) {
  for (;;) {
    std::optional<CommandSocket::Call> call = TRY(socket.accept());
    if (!call.has_value()) return {};
    idle.used();
    std::optional<Report> own = control(call->request);
    const Report report = own.has_value() ? std::move(*own) : run_command(engine, call->request);
    // A caller that went away does not matter: what it asked for is done.
    static_cast<void>(CommandSocket::answer(*call, report));
  }
}

Status one_round(Engine& engine, Watchfulness& watch) {
  const Result<bool> moved = step(engine, milliseconds_after(engine.now(), kRoundMs));
  if (!moved.has_value()) {
    // The disk is full, or the vault's file is gone: nothing was acknowledged. Trying again is all
    // there is to do.
    const Report report = explain(moved.error());
    say("error: " + report.error + "\n");
    ::usleep(static_cast<useconds_t>(kRoundMs) * 1000);
    return {};
  }
  if (!*moved) return {};
  const std::size_t unread = TRY(unread_things(engine));
  if (unread > watch.unread) watch.notifier.something_arrived();
  watch.unread = unread;
  return {};
}

}  // namespace

Result<Report> run_owner(const CommandRequest& request) {
  SystemRng rng;
  TRY(catch_signals());
  const Path folder = TRY(vault_folder(request));
  const Path path = TRY(socket_path(folder));
  std::unique_ptr<Workplace> place = TRY(Workplace::enter(TRY(open_vault(request, folder, rng))));
  sweep_packed(place->engine(), folder);
  CommandSocket socket = TRY(CommandSocket::listen(path));
  place->network().set_wakeups({socket.descriptor()});
  const std::int64_t idle_minutes = TRY(number_option(request, "idle-lock", 0));
  Notifier notifier({.desktop = !request.has("no-notify"), .hook = request.value_or("hook", "")});
  Engine& engine = place->engine();
  const auto unread = TRY(unread_things(engine));
  Watchfulness watch{notifier, unread};
  say("tocsin: the vault is open; other commands reach it from now on\n");

  IdleClock idle;
  while (stop_asked == 0) {
    TRY(serve_waiting(socket, engine, idle));
    TRY(one_round(engine, watch));
    notifier.reap();
    if (idle_minutes > 0 && idle.is_idle_for(idle_minutes)) break;
  }
  // From now on commands wait for the vault itself; those who called already get their answer.
  socket.hide();
  TRY(serve_waiting(socket, engine, idle));
  engine.relays().settle(milliseconds_after(engine.now(), kSettleMs));
  TRY(std::move(*place).leave());
  Report report;
  report.data.set("stopped", true);
  report.line("The vault is locked.");
  return report;
}

}  // namespace tocsin

#include "relay/ops/command_line.h"

// The one translation unit that reads arguments.
#include <CLI/CLI.hpp>
#include <functional>

#include "crypto/box/box.h"
#include "relay/ops/blocking.h"
#include "relay/ops/commands.h"
#include "relay/ops/manual.h"
#include "relay/ops/operator_commands.h"

namespace tocsin::ops {

namespace {

constexpr const char* kAbout =
    "A relay that moves fixed-size ciphertext between strangers and knows neither of them.";
constexpr const char* kExitCodes =
    "Exit codes: 0 done, 1 failed, 2 wrong arguments, 3 configuration, 4 keys,\n"
    "5 the relay does not run, 6 it runs already, 7 cannot listen, 8 store.";

struct Arguments {
  std::string config{kDefaultConfigPath};
  std::string directory{kDefaultDirectory};
  std::string listen = "127.0.0.1:" + std::to_string(kDefaultPort);
  std::string public_endpoint;
  std::string run_config;
  std::string run_listen;
  bool ephemeral = false;
  bool json = false;
  bool ciphertext = false;
  std::string day;
  bool undo = false;
  std::string board;
  std::string prometheus;

  Form form() const { return json ? Form::kJson : Form::kPeople; }
};

int finish(const Said<void>& done) {
  if (done.has_value()) return static_cast<int>(Exit::kDone);
  print(done.error());
  return static_cast<int>(done.error().exit);
}

// Adds a command that reads --config and can answer in JSON.
CLI::App* add_asking(CLI::App& app, Arguments& arguments, const char* name, const char* about) {
  CLI::App* command = app.add_subcommand(name, about);
  command->add_option("--config", arguments.config, "configuration file")->capture_default_str();
  command->add_flag("--json", arguments.json, "answer in JSON");
  return command;
}

// A flag that prints something and ends the program, as --version does: by the parser's own signal.
void add_printing(CLI::App& app, const char* flag, const char* about,
                  std::function<std::string()> made) {
  app.add_flag_callback(
      flag, [made = std::move(made)] { throw CLI::CallForVersion(made(), 0); }, about);
}

}  // namespace

int relay_main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app(kAbout, "tocsin-relay");
  app.footer(kExitCodes);
  app.require_subcommand(1);
  app.set_version_flag("--version", "tocsin-relay " TOCSIN_VERSION);
  add_printing(app, "--man-page", "print the man page", [&app] { return man_page(app); });
  add_printing(app, "--completion", "print the completion script of bash",
               [&app] { return bash_completion(app); });
  add_printing(app, "--example-config", "print a configuration with every key explained",
               [] { return config_text(RelayConfig{}); });

  CLI::App* init_command =
      add_asking(app, arguments, "init", "write a configuration and keys; overwrites nothing");
  init_command->add_option("--directory", arguments.directory, "keys and store go here")
      ->capture_default_str();
  init_command->add_option("--listen", arguments.listen, "numeric address and port")
      ->capture_default_str();
  init_command->add_option("--public", arguments.public_endpoint,
                           "host and port for clients, if others than --listen");

  CLI::App* run_command = app.add_subcommand("run", "serve until SIGTERM; prints the address");
  run_command->add_option("--config", arguments.run_config,
                          "configuration file [" + std::string(kDefaultConfigPath) + "]");
  run_command->add_option("--listen", arguments.run_listen, "instead of the configured one");
  run_command->add_flag("--ephemeral", arguments.ephemeral,
                        "new keys and a store in memory; all gone with the process");

  CLI::App* address_command =
      add_asking(app, arguments, "address", "print the address people connect to");
  CLI::App* check_command =
      add_asking(app, arguments, "check", "check configuration, keys and store");
  CLI::App* status_command =
      add_asking(app, arguments, "status", "counters of the running relay; no ids");
  status_command->add_option("--prometheus", arguments.prometheus,
                             "write them to this file as Prometheus text, instead");
  CLI::App* close_command =
      add_asking(app, arguments, "close",
                 "announce the relay's last day: no new mailboxes from the next start");
  CLI::Option* day = close_command->add_option("day", arguments.day, "YYYY-MM-DD");
  close_command->add_flag("--undo", arguments.undo, "stay open after all")->excludes(day);
  CLI::App* block_command =
      add_asking(app, arguments, "block",
                 "take a board that was reported out of service; without one, list them");
  block_command->add_option("board", arguments.board, "its id, or the link that leads to it");
  block_command->add_flag("--undo", arguments.undo, "serve it again");
  CLI::App* rotate_command = add_asking(app, arguments, "rotate-store",
                                        "give the store a new key and a fresh file; stop it first");
  CLI::App* stored_command =
      app.add_subcommand("stored", "everything the store holds, one JSON object a line");
  stored_command->add_option("--config", arguments.config, "configuration file")
      ->capture_default_str();
  stored_command->add_flag("--ciphertext", arguments.ciphertext, "with the bytes themselves");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help
    // The parser says that a command is missing, and not which word is none.
    const std::vector<std::string> words = app.remaining();
    if (app.get_subcommands().empty() && !words.empty())
      return finish(complain(Exit::kUsage, "there is no command '" + words.front() + "'",
                             "see tocsin-relay --help"));
    return finish(complain(Exit::kUsage, error.what(), "see tocsin-relay --help"));
  }
  if (!start_crypto().has_value())
    return finish(complain(Exit::kFailed, "the cryptographic libraries failed their self-check",
                           "reinstall libsodium and OpenSSL"));
  if (*init_command)
    return finish(
        init({arguments.config, arguments.directory, arguments.listen, arguments.public_endpoint},
             arguments.form()));
  if (*run_command)
    return finish(run({arguments.run_config, arguments.ephemeral, arguments.run_listen}));
  if (*address_command) return finish(address(arguments.config, arguments.form()));
  if (*check_command) return finish(check(arguments.config, arguments.form()));
  if (*status_command && !arguments.prometheus.empty())
    return finish(write_metrics(arguments.config, arguments.prometheus));
  if (*close_command && arguments.day.empty() && !arguments.undo)
    return finish(complain(Exit::kUsage, "close needs a day", "tocsin-relay close 2027-03-31"));
  if (*close_command)
    return finish(close(arguments.config,
                        arguments.undo ? std::nullopt : std::optional(arguments.day),
                        arguments.form()));
  if (*block_command && arguments.undo && arguments.board.empty())
    return finish(complain(Exit::kUsage, "--undo needs a board", "tocsin-relay block lists them"));
  if (*block_command)
    return finish(block(arguments.config, arguments.board,
                        arguments.undo ? Blocking::kUndo : Blocking::kBlock, arguments.form()));
  if (*rotate_command) return finish(rotate_store(arguments.config, arguments.form()));
  if (*status_command) return finish(status(arguments.config, arguments.form()));
  if (*stored_command)
    return finish(stored(arguments.config,
                         arguments.ciphertext ? Ciphertext::kIncluded : Ciphertext::kLeftOut));
  return static_cast<int>(Exit::kUsage);
}

}  // namespace tocsin::ops

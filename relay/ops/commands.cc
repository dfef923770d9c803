#include "relay/ops/commands.h"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <system_error>

#include "crypto/base/files.h"
#include "relay/harden/harden.h"
#include "relay/ops/control.h"
#include "relay/ops/service.h"
#include "relay/ops/status.h"
#include "relay/ops/store_room.h"
#include "relay/store/sqlcipher_store.h"

namespace tocsin::ops {

namespace {

void say(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

Complaint file_complaint(const Error& error, const Path& path) {
  if (error.code == kFileExists)
    return {Exit::kFailed, path.string() + " is there already",
            "init overwrites nothing; remove it first if you mean to"};
  return {Exit::kFailed, "cannot write " + path.string() + ": " + in_words(error),
          "check owner, mode and free space of its folder"};
}

Said<RelayKeys> keys_of(const RelayConfig& config) {
  Result<RelayKeys> keys = load_keys(config.key_file());
  if (keys.has_value()) return std::move(*keys);
  const std::string file = config.key_file().string();
  if (keys.error().code == kFileNotFound)
    return complain(
        Exit::kKeys, "no keys at " + file,
        "restore them from your backup; a new relay begins with `tocsin-relay init` and "
        "a configuration that does not exist yet");
  if (keys.error().code == kRelayKeysReadable)
    return complain(Exit::kKeys, "others can read " + file, "chmod 600 " + file);
  return complain(Exit::kKeys, "cannot use the keys in " + file + ": " + in_words(keys.error()),
                  "restore them from your backup: the address depends on them");
}

Said<edge::Endpoint> endpoint_of(const std::string& text, const char* option) {
  const Result<edge::Endpoint> endpoint = edge::parse_endpoint(text);
  if (!endpoint.has_value())
    return complain(Exit::kUsage, std::string(option) + " '" + text + "' is not host:port",
                    "for example 127.0.0.1:7700 or [::]:7700");
  return *endpoint;
}

}  // namespace

Said<void> init(const InitArguments& arguments, Form form) {
  RelayConfig config;
  config.directory = std::filesystem::absolute(arguments.directory);
  config.listen = TRY(endpoint_of(arguments.listen, "--listen"));
  if (!arguments.public_endpoint.empty()) {
    const edge::Endpoint open = TRY(endpoint_of(arguments.public_endpoint, "--public"));
    config.public_host = open.host;
    config.public_port = open.port;
  }
  // What is written must be what can be read.
  const std::string text = config_text(config);
  static_cast<void>(TRY(parse_config(text, arguments.config)));
  if (const Status hardened = harden_process(); !hardened.has_value())
    return complain(Exit::kFailed, "cannot start: " + in_words(hardened.error()), "");
  std::error_code error;
  std::filesystem::create_directories(config.directory, error);
  if (!error && arguments.config.has_parent_path())
    std::filesystem::create_directories(arguments.config.parent_path(), error);
  if (error)
    return complain(Exit::kFailed, "cannot make the folders: " + error.message(),
                    "run as the relay's user, or name others with --directory and --config");

  if (const Status made = create_private_file(arguments.config); !made.has_value()) {
    Complaint complaint = file_complaint(made.error(), arguments.config);
    if (made.error().code == kFileExists)
      complaint.hint +=
          ", or, if only its keys are gone for good, move it away and run init again "
          "(the address becomes another)";
    return std::unexpected(std::move(complaint));
  }
  SystemRng rng;
  const RelayKeys keys = make_keys(rng);
  if (const Status saved = save_keys(config.key_file(), keys); !saved.has_value()) {
    std::filesystem::remove(arguments.config, error);
    return std::unexpected(file_complaint(saved.error(), config.key_file()));
  }
  if (const Status wrote = replace_file(arguments.config, as_bytes(text)); !wrote.has_value())
    return std::unexpected(file_complaint(wrote.error(), arguments.config));
  if (form == Form::kJson) {
    say(nlohmann::ordered_json{{"config", arguments.config.string()},
                               {"keys", config.key_file().string()}}
            .dump(2) +
        "\n");
  } else {
    say("configuration: " + arguments.config.string() +
        "\nkeys:          " + config.key_file().string() +
        "\nBack up the keys: without them the relay's address is lost. Never back up the store.\n"
        "Next: tocsin-relay check --config " +
        arguments.config.string() + "\n");
  }
  return {};
}

Said<void> run(const RunArguments& arguments) {
  if (const Status hardened = harden_process(); !hardened.has_value())
    return complain(Exit::kFailed, "cannot start: " + in_words(hardened.error()), "");
  RelayConfig config;
  if (!arguments.ephemeral || !arguments.config.empty()) {
    config =
        TRY(load_config(arguments.config.empty() ? Path(kDefaultConfigPath) : arguments.config));
  }
  if (!arguments.listen.empty()) config.listen = TRY(endpoint_of(arguments.listen, "--listen"));
  if (arguments.ephemeral) {
    SystemRng rng;
    return run_relay(config, make_keys(rng), Keeping::kEphemeral);
  }
  return run_relay(config, TRY(keys_of(config)), Keeping::kDurable);
}

Said<void> address(const Path& path, Form form) {
  const RelayConfig config = TRY(load_config(path));
  const RelayKeys keys = TRY(keys_of(config));
  const std::string text = print_address(TRY(address_of(config, keys, config.listen)));
  say(form == Form::kJson ? nlohmann::ordered_json{{"address", text}}.dump(2) + "\n" : text + "\n");
  return {};
}

Said<void> check(const Path& path, Form form) {
  const RelayConfig config = TRY(load_config(path));
  const RelayKeys keys = TRY(keys_of(config));
  // With port 0 there is no address before the relay listens.
  if (config.listen.port != 0) static_cast<void>(TRY(address_of(config, keys, config.listen)));
  std::string store = "not there yet: the first run makes it";
  const Result<bool> there = file_exists(config.store_file());
  if (there.value_or(false)) {
    Result<std::unique_ptr<SqlcipherStore>> opened =
        SqlcipherStore::open({config.store_file(), config.epoch_file()}, keys.database);
    if (opened.has_value()) {
      if (const Status healthy = (*opened)->check(); !healthy.has_value())
        return complain(Exit::kStore, "the store is damaged: " + in_words(healthy.error()),
                        "move it away and start anew; what it held is lost");
      store = "healthy";
    } else if (opened.error().code == kLocked) {
      store = "in use by the running relay";
    } else {
      return complain(Exit::kStore, "cannot open the store: " + in_words(opened.error()),
                      "is it the store of these keys?");
    }
  }
  if (form == Form::kJson) {
    say(nlohmann::ordered_json{{"config", "ok"}, {"keys", "ok"}, {"store", store}}.dump(2) + "\n");
  } else {
    say("configuration: ok\nkeys:          ok\nstore:         " + store + "\n");
  }
  return {};
}

Said<std::string> ask_status(const Path& path) {
  const RelayConfig config = TRY(load_config(path));
  std::string json;
  const Status asked = ask_relay(config.control_socket(), "status",
                                 [&json](std::string_view piece) { json += piece; });
  if (asked.has_value()) return json;
  if (asked.error().code == kRelayNotRunning)
    return complain(Exit::kNotRunning, "the relay does not run",
                    "start it: systemctl start tocsin-relay");
  return complain(Exit::kFailed, "cannot ask the relay: " + in_words(asked.error()),
                  "run this as the relay's user or as root");
}

Said<void> status(const Path& path, Form form) {
  const std::string json = TRY(ask_status(path));
  say(form == Form::kJson ? json : TRY(status_lines(json)));
  return {};
}

namespace {

Said<void> list_file(const RelayConfig& config, Ciphertext ciphertext) {
  const RelayKeys keys = TRY(keys_of(config));
  if (!file_exists(config.store_file()).value_or(false))
    return complain(Exit::kStore, "there is no store yet", "the first run makes it");
  const std::unique_ptr<Store> store = TRY(open_store(config, keys));
  constexpr std::size_t kRowsAtOnce = 1'024;
  StoredListing listing(ciphertext);
  for (bool more = true; more;) {
    std::string lines;
    const Result<bool> listed = listing.next(*store, kRowsAtOnce, lines);
    if (!listed.has_value())
      return complain(Exit::kStore, "cannot read the store: " + in_words(listed.error()), "");
    more = *listed;
    say(lines);
  }
  say(std::string(kListingEnd));
  return {};
}

}  // namespace

Said<void> stored(const Path& path, Ciphertext ciphertext) {
  const RelayConfig config = TRY(load_config(path));
  std::string tail;
  const Status asked = ask_relay(
      config.control_socket(), ciphertext == Ciphertext::kIncluded ? "stored ciphertext" : "stored",
      [&tail](std::string_view piece) {
        say(std::string(piece));
        tail += piece;
        if (tail.size() > kListingEnd.size()) tail.erase(0, tail.size() - kListingEnd.size());
      });
  if (!asked.has_value() && asked.error().code == kRelayNotRunning)
    return list_file(config, ciphertext);
  if (!asked.has_value() || tail != kListingEnd)
    return complain(Exit::kFailed, "the running relay did not list everything",
                    "ask again, or stop the relay and ask its store");
  return {};
}

}  // namespace tocsin::ops

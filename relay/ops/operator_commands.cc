#include "relay/ops/operator_commands.h"

#include <cstdio>

#include "crypto/base/files.h"
#include "relay/harden/harden.h"
#include "relay/ops/status.h"
#include "relay/store/sqlcipher_store.h"

namespace tocsin::ops {

namespace {

constexpr std::size_t kDayBytes = 10;  // YYYY-MM-DD

Path closing_file(const RelayConfig& config) { return config.directory / "closing"; }
Path rotated_file(const RelayConfig& config) { return config.directory / "store.db.new"; }

void answer(Form form, std::string_view json, std::string_view words) {
  const std::string_view text = form == Form::kJson ? json : words;
  std::fwrite(text.data(), 1, text.size(), stdout);
}

Complaint cannot_write(const Error& error, const Path& path) {
  return {Exit::kFailed, "cannot write " + path.string() + ": " + in_words(error),
          "run this as the relay's user; check free space"};
}

// For as long as it lives no relay runs on this folder.
Said<FileLock> keep_relay_away(const RelayConfig& config) {
  Result<FileLock> lock = FileLock::acquire(config.lock_file());
  if (lock.has_value()) return std::move(*lock);
  if (lock.error().code == kLocked)
    return complain(Exit::kRunning, "the relay runs", "stop it first: systemctl stop tocsin-relay");
  return std::unexpected(cannot_write(lock.error(), config.lock_file()));
}

}  // namespace

Said<void> close(const Path& path, const std::optional<std::string>& day, Form form) {
  const RelayConfig config = TRY(load_config(path));
  if (const Status hardened = harden_process(); !hardened.has_value())
    return complain(Exit::kFailed, "cannot start: " + in_words(hardened.error()), "");
  if (!day.has_value()) {
    if (const Status erased = erase_file(closing_file(config)); !erased.has_value())
      return std::unexpected(cannot_write(erased.error(), closing_file(config)));
    answer(form, "{\"closing\": null}\n", "The relay stays open. Restart it.\n");
    return {};
  }
  if (!parse_day(*day).has_value())
    return complain(Exit::kUsage, "'" + *day + "' is no day", "for example: close 2027-03-31");
  if (const Status wrote = replace_file(closing_file(config), as_bytes(*day)); !wrote.has_value())
    return std::unexpected(cannot_write(wrote.error(), closing_file(config)));
  answer(
      form, "{\"closing\": \"" + *day + "\"}\n",
      "It closes on " + *day +
          ". Restart it: from then on it says so to everybody and makes no new mailboxes. Run it "
          "until that day, or longer: people move away while it still answers.\n");
  return {};
}

Said<std::optional<Notice>> closing_notice(const RelayConfig& config) {
  const Result<Bytes> file = read_file(closing_file(config), kDayBytes);
  if (!file.has_value() && file.error().code == kFileNotFound) return std::optional<Notice>();
  const Result<Day> day = file.has_value() ? parse_day(as_text(*file)) : fail(file.error());
  if (!day.has_value())
    return complain(Exit::kConfig, "cannot read " + closing_file(config).string(),
                    "tocsin-relay close DAY writes it anew, close --undo removes it");
  return std::optional(Notice{.closing = *day, .successor = std::nullopt});
}

Status settle_rotation(const RelayConfig& config, const RelayKeys& keys) {
  if (!TRY(file_exists(rotated_file(config)))) return {};
  return SqlcipherStore::adopt({config.store_file(), config.epoch_file()}, rotated_file(config),
                               keys.database);
}

Said<void> rotate_store(const Path& path, Form form) {
  const RelayConfig config = TRY(load_config(path));
  if (const Status hardened = harden_process(); !hardened.has_value())
    return complain(Exit::kFailed, "cannot start: " + in_words(hardened.error()), "");
  const FileLock lock = TRY(keep_relay_away(config));
  Result<RelayKeys> keys = load_keys(config.key_file());
  const Result<RelayKeys> in_file = load_key_file(config.key_file());
  if (!keys.has_value() || !in_file.has_value())
    return complain(Exit::kKeys, "the keys are no file in " + config.directory.string(),
                    "a sealed credential cannot be rewritten: make a new store with new keys");
  const auto rotated = [&]() -> Status {
    TRY(settle_rotation(config, *keys));
    if (!TRY(file_exists(config.store_file()))) return fail(kFileNotFound, "store");
    SystemRng rng;
    DatabaseKey fresh = DatabaseKey::random(rng);
    TRY(SqlcipherStore::copy_to({config.store_file(), config.epoch_file()}, keys->database,
                                rotated_file(config), fresh));
    keys->database = std::move(fresh);
    // From here on the new file is the store, whatever happens.
    TRY(replace_file(config.key_file(), encode_keys(*keys).expose(kExpose)));
    return settle_rotation(config, *keys);
  }();
  if (!rotated.has_value() && rotated.error().code == kFileNotFound)
    return complain(Exit::kStore, "there is no store yet", "the first run makes it");
  if (!rotated.has_value())
    return complain(Exit::kStore, "the store was not rotated: " + in_words(rotated.error()),
                    "nothing is lost: what is there opens with the keys that are there");
  answer(form, "{\"rotated\": true}\n",
         "The store has a new key and a fresh file. Back up the keys again: " +
             config.key_file().string() + "\n");
  return {};
}

Said<void> write_metrics(const Path& config, const Path& file) {
  const std::string json = TRY(ask_status(config));
  const std::string text = TRY(prometheus_text(json));
  if (const Status wrote = replace_file(file, as_bytes(text)); !wrote.has_value())
    return std::unexpected(cannot_write(wrote.error(), file));
  return {};
}

}  // namespace tocsin::ops

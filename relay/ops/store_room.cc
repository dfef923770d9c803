#include "relay/ops/store_room.h"

#include <chrono>
#include <system_error>

#include "relay/harden/harden.h"
#include "relay/ops/blocking.h"
#include "relay/ops/operator_commands.h"
#include "relay/store/memory_store.h"
#include "relay/store/sqlcipher_store.h"

namespace tocsin::ops {

namespace {

constexpr std::size_t kMaxPasswordBytes = 1'024;

Complaint store_complaint(const Error& error, const RelayConfig& config) {
  const std::string store = config.store_file().string();
  if (error.code == kLocked)
    return {Exit::kRunning, "another process has the store " + store + " open",
            "stop it, or ask the running relay with `tocsin-relay status`"};
  if (error.code == kStaleStore)
    return {Exit::kStore, "the store " + store + " is older than its keys: a restored copy",
            "back up the keys only, never the store; start with a new store: move " + store +
                " and " + config.epoch_file().string() + " away (what it holds is lost)"};
  if (error.code == kDamaged || error.code == kWrongPassphrase)
    return {Exit::kStore, "the store " + store + " is damaged or not of these keys",
            "restore the right key file, or move the store and its boot-epoch away"};
  if (error.code == kTooNew)
    return {Exit::kStore, "the store " + store + " was written by a newer tocsin-relay",
            "upgrade this one; stores are never taken backward"};
  return {Exit::kStore, "cannot open the store " + store + ": " + in_words(error),
          "check owner, mode and free space of " + config.directory.string()};
}

Result<std::unique_ptr<Store>> open_sqlcipher(const RelayConfig& config, const RelayKeys& keys) {
  const StorePaths paths{config.store_file(), config.epoch_file()};
  const bool fresh = !TRY(file_exists(paths.database)) && !TRY(file_exists(paths.boot_epoch));
  if (fresh) return TRY(SqlcipherStore::create(paths, keys.database));
  return TRY(SqlcipherStore::open(paths, keys.database));
}

// First line of the file, at least eight bytes.
Said<AccessKey> read_password(const RelayConfig& config, const RelayKeys& keys) {
  constexpr std::size_t kMinPasswordBytes = 8;
  Result<Bytes> content = read_file(config.password_file, kMaxPasswordBytes);
  if (!content.has_value())
    return complain(
        Exit::kConfig,
        "cannot read " + config.password_file.string() + ": " + in_words(content.error()),
        "put the password on the first line of that file");
  const SecretBytes text(std::move(*content));
  const std::string_view all = as_text(text.expose(kExpose));
  const std::string_view line = all.substr(0, all.find_first_of("\r\n"));
  if (line.size() < kMinPasswordBytes)
    return complain(Exit::kConfig, config.password_file.string() + " holds no password",
                    "its first line must have eight characters or more");
  const Result<AccessKey> key =
      access_key_of(SecretBytes::copy_of(as_bytes(line)), store_pin_of(keys.store_public));
  if (!key.has_value())
    return complain(Exit::kFailed, "password: " + in_words(key.error()), "free some memory");
  return key->duplicate();
}

std::uint64_t budget_of(const RelayConfig& config, Durability durability) {
  if (config.budget_cells > 0) return config.budget_cells;
  if (durability == Durability::kEphemeral) return memory_limit() / 4 / kCellBytes;
  std::error_code error;
  const auto space = std::filesystem::space(config.directory, error);
  return error ? 0 : space.available / 2 / kCellBytes;
}

}  // namespace

Said<std::unique_ptr<Store>> open_store(const RelayConfig& config, const RelayKeys& keys) {
  if (const Status settled = settle_rotation(config, keys); !settled.has_value())
    return std::unexpected(store_complaint(settled.error(), config));
  Result<std::unique_ptr<Store>> store = open_sqlcipher(config, keys);
  if (!store.has_value()) return std::unexpected(store_complaint(store.error(), config));
  return std::move(*store);
}

Said<std::optional<AccessKey>> password_key(const RelayConfig& config, const RelayKeys& keys) {
  if (config.access != AccessPolicy::kPassword) return std::nullopt;
  return TRY(read_password(config, keys));
}

Said<std::unique_ptr<StoreRoom>> StoreRoom::create(StoreRoomOptions options,
                                                   std::unique_ptr<Store> store,
                                                   StoreEnd boundary) {
  const RelayConfig& config = options.config;
  EngineConfig engine;
  engine.durability = options.durability;
  engine.access = config.access;
  engine.work_bits = config.work_bits;
  engine.budget_cells = budget_of(config, options.durability);
  engine.notice = TRY(closing_notice(config));
  engine.blocked = TRY(blocked_boards(config));
  engine.limits.deposits_per_second = config.deposits_per_second;
  engine.limits.drop_deposits_per_second = config.drop_deposits_per_second;
  engine.bulk_port = options.bulk_port;
  engine.password = std::move(options.password);
  std::unique_ptr<StoreRoom> room(new StoreRoom());
  room->store_ = std::move(store);
  const auto build = [&]() -> Status {
    room->work_ = TRY(WorkThread::create());
    room->engine_ = TRY(StoreEngine::create(
        std::move(engine), {options.keys.store.duplicate(), options.keys.curve_public},
        *room->store_, *room->work_, room->rng_));
    room->loop_ = TRY(StoreLoop::create(*room->engine_, *room->work_, std::move(boundary)));
    return {};
  };
  if (const Status built = build(); !built.has_value())
    return std::unexpected(store_complaint(built.error(), config));
  room->figures_ = room->engine_->figures();
  room->loop_->on_figures(
      [inside = room.get()](const EngineFigures& figures) { inside->on_figures(figures); });
  return room;
}

void StoreRoom::on_figures(const EngineFigures& figures) {
  {
    const std::lock_guard lock(mutex_);
    figures_ = figures;
  }
  errand_.serve();
}

Result<bool> StoreRoom::list_more(StoredListing& listing, std::string& lines) {
  // Long enough to get on with a large store, short enough that no answer is late.
  constexpr std::chrono::milliseconds kListingTime{25};
  constexpr std::size_t kRowsAtOnce = 64;
  bool more = true;
  TRY(errand_.run([&]() -> Status {
    const auto until = std::chrono::steady_clock::now() + kListingTime;
    while (more && std::chrono::steady_clock::now() < until)
      more = TRY(listing.next(*store_, kRowsAtOnce, lines));
    return {};
  }));
  return more;
}

EngineFigures StoreRoom::figures() const {
  const std::lock_guard lock(mutex_);
  return figures_;
}

}  // namespace tocsin::ops

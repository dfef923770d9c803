#include "crypto/vault/vault_files.h"

namespace tocsin {
namespace {

Status erase_database(const Path& path) {
  for (const char* suffix : {"-wal", "-journal", ""}) {
    Path file = path;
    file += suffix;
    TRY(erase_file(file));
  }
  return {};
}

}  // namespace

Status adopt_fresh(const VaultFiles& files) {
  Path log = files.database;
  log += "-wal";
  TRY(erase_file(log));
  return rename_durably(files.fresh, files.database);
}

Result<Database> open_settled(const VaultFiles& files, const DatabaseKey& key,
                              const DatabaseOptions& options) {
  if (!TRY(file_exists(files.fresh))) return Database::open(files.database, key, options);
  Result<Database> fresh = Database::open(files.fresh, key, options);
  if (fresh.has_value()) {
    TRY(std::move(*fresh).close());
    TRY(adopt_fresh(files));
    return Database::open(files.database, key, options);
  }
  if (fresh.error().code != kDamaged) return fresh;
  // The copy of an exchange that never came into force; it goes once the other is seen to open.
  Database database = TRY(Database::open(files.database, key, options));
  TRY(remove_fresh(files));
  return database;
}

Status remove_fresh(const VaultFiles& files) { return erase_database(files.fresh); }

Status erase_vault(const VaultFiles& files, Rng& rng) {
  const Result<Bytes> file = read_file(files.keys, kVaultKeysBytes);
  if (file.has_value()) {
    Result<KeySlots> slots = KeySlots::decode(*file);
    if (slots.has_value()) {
      slots->empty_all(rng);
      TRY(overwrite_file(files.keys, slots->encoded()));
    }
  }
  TRY(erase_file(files.keys));
  TRY(remove_fresh(files));
  return erase_database(files.database);
}

}  // namespace tocsin

#include "crypto/vault/vault_files.h"

namespace tocsin {
namespace {

// Keeps the first failure of several steps that are all taken.
class FirstFailure {
 public:
  void take(const Status& step) {
    if (first_.has_value() && !step.has_value()) first_ = step;
  }
  const Status& status() const { return first_; }

 private:
  Status first_;
};

Status erase_database(const Path& path) {
  FirstFailure failure;
  for (const char* suffix : {"-wal", "-journal", ""}) {
    Path file = path;
    file += suffix;
    failure.take(erase_file(file));
  }
  return failure.status();
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
  if (fresh.error().code != kDamaged || !TRY(file_exists(files.database))) return fresh;
  // The copy of an exchange that never came into force; it goes once the other is seen to open.
  Database database = TRY(Database::open(files.database, key, options));
  TRY(remove_fresh(files));
  return database;
}

Status remove_fresh(const VaultFiles& files) { return erase_database(files.fresh); }

// Whoever wipes may have one moment for it: what fails on one file keeps no other.
Status erase_vault(const VaultFiles& files, Rng& rng) {
  FirstFailure failure;
  const Result<Bytes> file = read_file(files.keys, kVaultKeysBytes);
  if (file.has_value()) {
    Result<KeySlots> slots = KeySlots::decode(*file);
    if (slots.has_value()) {
      slots->empty_all(rng);
      failure.take(overwrite_file(files.keys, slots->encoded()));
    }
  }
  failure.take(erase_file(files.keys));
  failure.take(remove_fresh(files));
  failure.take(erase_database(files.database));
  return failure.status();
}

}  // namespace tocsin

#include "crypto/db/database.h"

#include <sqlcipher/sqlite3.h>

#include "crypto/db/database_inside.h"

namespace tocsin {
namespace {

Path with_suffix(const Path& path, const char* suffix) {
  Path longer = path;
  longer += suffix;
  return longer;
}

Result<std::optional<FileLock>> lock_beside(const Path& path, const DatabaseOptions& options) {
  if (options.locking == Locking::kByCaller) return std::nullopt;
  return TRY(FileLock::acquire(with_suffix(path, ".lock")));
}

// A database file under construction, with what SQLite puts beside it.
Status remove_remains(const Path& path) {
  for (const char* suffix : {"-wal", "-journal", ""}) TRY(erase_file(with_suffix(path, suffix)));
  return {};
}

}  // namespace

Database::Database(std::unique_ptr<DatabaseInside> inside) : inside_(std::move(inside)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Result<Database> Database::create(const Path& path, const DatabaseKey& key,
                                  const DatabaseOptions& options) {
  std::optional<FileLock> lock = TRY(lock_beside(path, options));
  if (TRY(file_exists(path))) return fail(kFileExists, "create database");
  const Path building = with_suffix(path, ".building");
  TRY(remove_remains(building));
  TRY(create_private_file(building));
  {
    std::unique_ptr<DatabaseInside> inside =
        TRY(DatabaseInside::connect(building.c_str(), &key, options));
    TRY(inside->make_new(options));
    TRY(inside->close());
  }
  TRY(sync_file(building));
  TRY(rename_durably_if_absent(building, path));
  std::unique_ptr<DatabaseInside> inside =
      TRY(DatabaseInside::connect(path.c_str(), &key, options));
  inside->lock = std::move(lock);
  return Database(std::move(inside));
}

Result<Database> Database::open(const Path& path, const DatabaseKey& key,
                                const DatabaseOptions& options) {
  if (!TRY(file_exists(path))) return fail(kFileNotFound, "open database");
  std::optional<FileLock> lock = TRY(lock_beside(path, options));
  std::unique_ptr<DatabaseInside> inside =
      TRY(DatabaseInside::connect(path.c_str(), &key, options));
  inside->lock = std::move(lock);
  TRY(inside->bring_up_to_date(options));
  return Database(std::move(inside));
}

Result<Database> Database::create_in_memory(const DatabaseOptions& options) {
  std::unique_ptr<DatabaseInside> inside =
      TRY(DatabaseInside::connect(DatabaseInside::kInMemory, nullptr, options));
  TRY(inside->make_new(options));
  return Database(std::move(inside));
}

Result<Statement> Database::statement(Sql sql) { return inside_->take_statement(sql.text()); }
Result<Transaction> Database::begin() { return inside_->begin(); }
std::int64_t Database::changes() const { return sqlite3_changes64(inside_->raw()); }
std::int64_t Database::last_row_id() const { return sqlite3_last_insert_rowid(inside_->raw()); }

Status Database::maintain(Instant now) {
  if (inside_->wal_bytes() == 0) return {};
  if (!inside_->wal_since.has_value() || now < *inside_->wal_since) inside_->wal_since = now;
  if (!inside_->wal_is_long() && now < *next_maintenance()) return {};
  return inside_->checkpoint();
}

std::optional<Instant> Database::next_maintenance() const {
  if (!inside_->wal_since.has_value()) return std::nullopt;
  return milliseconds_after(*inside_->wal_since, kWalTruncateAfterMs);
}

Status Database::checkpoint() { return inside_->checkpoint(); }

Status Database::check_integrity() {
  if (!inside_->is_in_memory()) {
    TRY(inside_->checkpoint());  // the page check reads the file, not the log
    TRY(inside_->expect_no_findings("PRAGMA cipher_integrity_check"));
  }
  TRY(inside_->expect_no_findings("PRAGMA integrity_check(1)"));
  return inside_->expect_no_findings("PRAGMA foreign_key_check");
}

Status Database::copy_to(const Path& path, const DatabaseKey& key) {
  return inside_->copy_to(path, key);
}

Status Database::copy_rows_to(const Path& path, const DatabaseKey& key,
                              std::span<const Sql> statements) {
  return inside_->copy_rows_to(path, key, statements);
}

Status Database::close() && { return std::exchange(inside_, nullptr)->close(); }

Transaction::~Transaction() {
  if (inside_ != nullptr) inside_->roll_back();
}

Status Transaction::commit() && {
  DatabaseInside& inside = *std::exchange(inside_, nullptr);
  const Status committed = inside.run("COMMIT");
  if (!committed.has_value()) inside.roll_back();
  return committed;
}

}  // namespace tocsin

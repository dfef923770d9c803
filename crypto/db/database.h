// crypto/db/database.h: an encrypted SQLite database (SQLCipher) of one owner.
//
// Spec:    protocol/spec/vault.md VLT-7 (settings, checkpoints, migrations)
// Shape:   create writes a whole new file, open takes one; both end at the newest schema
// Secrets: the 32-byte key, passed on from guarded memory; SQLCipher keeps its own wiped copy
// Errors:  file_exists, file_not_found, locked, damaged (also: another key), too_new,
//          disk_full and those of sqlite_errors.h
// Threads: one at a time
// Cost:    a commit is one sync of the disk
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "crypto/base/files.h"
#include "crypto/base/time.h"
#include "crypto/db/limits.h"
#include "crypto/db/statement.h"
#include "crypto/keys/keys.h"

namespace tocsin {

// Wipes and locks all memory SQLite uses (D2); process-wide once on. For the client.
enum class MemoryWiping : std::uint8_t { kOff, kOn };
// Who keeps other processes out: a lock file beside the database, or the caller.
enum class Locking : std::uint8_t { kOwnLockFile, kByCaller };

struct DatabaseOptions {
  // Script i brings the schema from version i to i + 1. Forward only; never edit a published one.
  std::span<const Sql> schema;
  // Tells one kind of database from another: vault, relay store.
  std::int32_t application_id = 0;
  int page_bytes = kClientPageBytes;
  std::int64_t wal_truncate_bytes = kWalTruncateBytes;
  MemoryWiping wiping = MemoryWiping::kOff;
  Locking locking = Locking::kOwnLockFile;
};

class Transaction;

class Database {
 public:
  // A new file of mode 0600 that appears whole or not at all, opened.
  static Result<Database> create(const Path& path, const DatabaseKey& key,
                                 const DatabaseOptions& options);
  static Result<Database> open(const Path& path, const DatabaseKey& key,
                               const DatabaseOptions& options);
  // Unencrypted and gone with the object: tests and `--ephemeral` stores.
  static Result<Database> create_in_memory(const DatabaseOptions& options);

  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  // Closes like close(), without telling. No statement or transaction may be alive.
  ~Database();

  Result<Statement> statement(Sql sql);
  template <class... Values>
  Status run(Sql sql, const Values&... values) {
    Statement prepared = TRY(statement(sql));
    return prepared.bind(values...).run();
  }
  // BEGIN IMMEDIATE; rolled back at the end of the scope unless committed.
  Result<Transaction> begin();
  // Rows changed by the last statement that changed any.
  std::int64_t changes() const;
  std::int64_t last_row_id() const;

  // Truncates the write-ahead log when it has passed wal_truncate_bytes or when what it holds was
  // there kWalTruncateAfterMs ago (D1: it would give back deleted rows). Call it after each commit
  // and at next_maintenance().
  Status maintain(Instant now);
  // When maintain is due again; nothing when the log is empty.
  std::optional<Instant> next_maintenance() const;
  // Truncates the write-ahead log now.
  Status checkpoint();

  // Every page's authentication, then SQLite's own check: damaged when either finds anything.
  Status check_integrity();

  // Writes a complete copy under another key to a new file, synced (the folder as well).
  Status copy_to(const Path& path, const DatabaseKey& key);

  // Runs statements with another database of the same schema attached as `copy`, in one
  // transaction; synced.
  Status copy_rows_to(const Path& path, const DatabaseKey& key, std::span<const Sql> statements);

  // Truncates the log, closes, removes the log.
  Status close() &&;

 private:
  explicit Database(std::unique_ptr<DatabaseInside> inside);
  std::unique_ptr<DatabaseInside> inside_;
};

class Transaction {
 public:
  Transaction(Transaction&& other) noexcept : inside_(std::exchange(other.inside_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();

  // Durable when it returns. After a failure nothing of the transaction is there.
  Status commit() &&;

 private:
  friend class DatabaseInside;
  explicit Transaction(DatabaseInside& inside) : inside_(&inside) {}
  DatabaseInside* inside_;
};

}  // namespace tocsin

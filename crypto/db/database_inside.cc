#include "crypto/db/database_inside.h"

#include <sodium.h>
#include <sqlcipher/sqlite3.h>

#include <cstdlib>
#include <string>

#include "crypto/db/sqlite_errors.h"

namespace tocsin {
namespace {

// The key in the form SQLCipher takes raw keys in, x'64 hex digits', in locked memory (D6).
class RawKeyText {
 public:
  static constexpr std::size_t kLength = 2 + 64 + 1;

  explicit RawKeyText(const DatabaseKey& key)
      : text_(static_cast<char*>(sodium_malloc(kLength + 1))) {
    if (text_ == nullptr) return;
    const BytesView bytes = key.expose(kExpose);
    sodium_bin2hex(text_ + 2, 64 + 1, bytes.data(), bytes.size());
    text_[0] = 'x';
    text_[1] = '\'';
    text_[kLength - 1] = '\'';
    text_[kLength] = '\0';
  }
  RawKeyText(const RawKeyText&) = delete;
  RawKeyText& operator=(const RawKeyText&) = delete;
  ~RawKeyText() { sodium_free(text_); }
  const char* text() const { return text_; }

 private:
  char* text_;
};

}  // namespace

Result<std::unique_ptr<DatabaseInside>> DatabaseInside::connect(const char* path,
                                                                const DatabaseKey* key,
                                                                const DatabaseOptions& options) {
  std::unique_ptr<DatabaseInside> inside(new DatabaseInside);
  inside->in_memory_ = key == nullptr;
  inside->page_bytes_ = options.page_bytes;
  inside->wal_truncate_bytes_ = options.wal_truncate_bytes;
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int opened = sqlite3_open_v2(path, &inside->raw_, kFlags, nullptr);
  if (opened != SQLITE_OK) return inside->failure(opened, "open database");
  TRY(inside->configure(key, options));
  return inside;
}

Status DatabaseInside::configure(const DatabaseKey* key, const DatabaseOptions& options) {
  sqlite3_limit(raw_, SQLITE_LIMIT_LENGTH, kMaxRowBytes);
  sqlite3_db_config(raw_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(raw_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(raw_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(raw_, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  if (options.wiping == MemoryWiping::kOn)
    TRY(execute("PRAGMA cipher_memory_security = ON", "memory wiping"));
  if (key != nullptr) {
    // SQLCipher reports to stderr by default (D3).
    TRY(execute("PRAGMA cipher_log_level = NONE", "silence"));
    const RawKeyText text(*key);
    if (text.text() == nullptr) return fail(kNoMemory, "locked memory for the database key");
    const int keyed = sqlite3_key(raw_, text.text(), static_cast<int>(RawKeyText::kLength));
    if (keyed != SQLITE_OK) return failure(keyed, "database key");
    TRY(execute("PRAGMA cipher_page_size = " + std::to_string(options.page_bytes), "page size"));
  }
  TRY(execute("PRAGMA locking_mode = EXCLUSIVE", "locking mode"));
  TRY(execute("SELECT count(*) FROM sqlite_schema", "prove the key"));
  TRY(
      execute("PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = ON; "
              "PRAGMA cell_size_check = ON; PRAGMA synchronous = FULL; PRAGMA journal_mode = WAL",
              "settings"));
  // The hook also ends SQLite's own checkpoints, which do not truncate.
  sqlite3_wal_hook(
      raw_,
      [](void* self, sqlite3*, const char*, int pages) {
        static_cast<DatabaseInside*>(self)->wal_pages_ = pages;
        return SQLITE_OK;
      },
      this);
  return checkpoint();  // what a crash left in the log
}

DatabaseInside::~DatabaseInside() { (void)close(); }

Status DatabaseInside::close() {
  if (raw_ == nullptr) return {};
  if (statements_out_ != 0) std::abort();  // a statement outlives its database
  const Status truncated = checkpoint();
  for (const auto& [sql, statements] : idle_)
    for (sqlite3_stmt* statement : statements) sqlite3_finalize(statement);
  idle_.clear();
  const int closed = sqlite3_close_v2(std::exchange(raw_, nullptr));
  lock.reset();
  if (!truncated.has_value()) return truncated;
  if (closed != SQLITE_OK) return fail(code_of_sqlite(closed), "close database", closed);
  return {};
}

Status DatabaseInside::make_new(const DatabaseOptions& options) {
  Transaction all = TRY(begin());
  TRY(execute("PRAGMA application_id = " + std::to_string(options.application_id), "new database"));
  TRY(apply_schema(options, 0));
  return std::move(all).commit();
}

Status DatabaseInside::bring_up_to_date(const DatabaseOptions& options) {
  if (TRY(read_integer("PRAGMA application_id")) != options.application_id)
    return fail(kDamaged, "another kind of database");
  const std::int64_t version = TRY(read_integer("PRAGMA user_version"));
  if (version < 0) return fail(kDamaged, "schema version", version);
  if (std::cmp_greater(version, options.schema.size()))
    return fail(kTooNew, "schema version", version);
  if (std::cmp_equal(version, options.schema.size())) return {};
  Transaction all = TRY(begin());
  TRY(apply_schema(options, version));
  return std::move(all).commit();
}

Status DatabaseInside::apply_schema(const DatabaseOptions& options, std::int64_t version) {
  for (const Sql& script : options.schema.subspan(static_cast<std::size_t>(version)))
    TRY(execute(std::string(script.text()), "migration"));
  return execute("PRAGMA user_version = " + std::to_string(options.schema.size()), "migration");
}

Result<Statement> DatabaseInside::take_statement(std::string_view sql) {
  std::vector<sqlite3_stmt*>& idle = idle_[sql];
  sqlite3_stmt* statement = nullptr;
  if (!idle.empty()) {
    statement = idle.back();
    idle.pop_back();
  } else {
    const char* rest = nullptr;
    const int prepared = sqlite3_prepare_v3(raw_, sql.data(), static_cast<int>(sql.size()),
                                            SQLITE_PREPARE_PERSISTENT, &statement, &rest);
    if (prepared != SQLITE_OK) return failure(prepared, "prepare statement");
    if (statement == nullptr || rest != sql.data() + sql.size()) {
      sqlite3_finalize(statement);
      return fail(kDatabaseFault, "exactly one statement");
    }
  }
  ++statements_out_;
  return Statement(*this, statement, sql);
}

void DatabaseInside::give_back(sqlite3_stmt* raw, std::string_view sql) {
  sqlite3_reset(raw);
  sqlite3_clear_bindings(raw);
  idle_[sql].push_back(raw);
  --statements_out_;
}

Status DatabaseInside::run(std::string_view sql) { return TRY(take_statement(sql)).run(); }

Status DatabaseInside::execute(const std::string& sql, const char* where) {
  const int done = sqlite3_exec(raw_, sql.c_str(), nullptr, nullptr, nullptr);
  if (done != SQLITE_OK) return failure(done, where);
  return {};
}

Result<std::int64_t> DatabaseInside::read_integer(std::string_view sql) {
  Statement query = TRY(take_statement(sql));
  if (!TRY(query.next())) return fail(kDatabaseFault, "a row was expected");
  return query.integer(0);
}

Status DatabaseInside::expect_no_findings(std::string_view sql) {
  Statement query = TRY(take_statement(sql));
  while (TRY(query.next()))
    if (query.text(0) != "ok") return fail(kDamaged, "integrity check");
  return {};
}

Result<Transaction> DatabaseInside::begin() {
  TRY(run("BEGIN IMMEDIATE"));
  return Transaction(*this);
}

void DatabaseInside::roll_back() {
  // SQLite has already rolled back after some failures; there is nothing to do about another one.
  if (sqlite3_get_autocommit(raw_) == 0) (void)run("ROLLBACK");
}

Status DatabaseInside::checkpoint() {
  if (in_memory_) return {};
  const int done =
      sqlite3_wal_checkpoint_v2(raw_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  if (done != SQLITE_OK) return failure(done, "truncating checkpoint");
  wal_pages_ = 0;
  wal_since.reset();
  return {};
}

Status DatabaseInside::copy_to(const Path& path, const DatabaseKey& key) {
  TRY(create_private_file(path));
  return with_copy_attached(path, key, [&]() -> Status {
    TRY(execute("PRAGMA copy.cipher_page_size = " + std::to_string(page_bytes_), "copy"));
    TRY(execute("SELECT sqlcipher_export('copy')", "copy"));
    const std::int64_t version = TRY(read_integer("PRAGMA user_version"));
    const std::int64_t application = TRY(read_integer("PRAGMA application_id"));
    TRY(execute("PRAGMA copy.user_version = " + std::to_string(version), "copy"));
    // Last: without it the copy does not open, so half a copy is never taken for a whole one.
    return execute("PRAGMA copy.application_id = " + std::to_string(application), "copy");
  });
}

Status DatabaseInside::copy_rows_to(const Path& path, const DatabaseKey& key,
                                    std::span<const Sql> statements) {
  return with_copy_attached(path, key, [&]() -> Status {
    Transaction transaction = TRY(begin());
    for (const Sql& statement : statements) TRY(run(statement.text()));
    return std::move(transaction).commit();
  });
}

Status DatabaseInside::with_copy_attached(const Path& path, const DatabaseKey& key,
                                          const std::function<Status()>& fill) {
  const RawKeyText text(key);
  if (text.text() == nullptr) return tocsin::fail(kNoMemory, "locked memory for the database key");
  {
    const std::string_view key_text(text.text(), RawKeyText::kLength);
    Statement attach = TRY(take_statement("ATTACH DATABASE ?1 AS copy KEY ?2"));
    TRY(attach.bind(std::string_view(path.native()), key_text).run());
  }
  const Status filled = fill();
  const Status detached = execute("DETACH DATABASE copy", "copy");
  if (!filled.has_value()) return filled;
  if (!detached.has_value()) return detached;
  TRY(sync_file(path));
  return sync_folder_of(path);
}

std::unexpected<Error> DatabaseInside::failure(int result, const char* where) const {
  const int number = raw_ != nullptr ? sqlite3_system_errno(raw_) : 0;
  // EFBIG: the process's own file size limit, as full as a disk.
  const bool full =
      (result & 0xff) == SQLITE_IOERR && (number == ENOSPC || number == EDQUOT || number == EFBIG);
  return fail(full ? kDiskFull : code_of_sqlite(result), where, result);
}

}  // namespace tocsin

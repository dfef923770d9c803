// crypto/db/database_inside.h: the connection behind Database, Statement and Transaction.
//
// Threads: one at a time
#pragma once

#include <unordered_map>
#include <vector>

#include "crypto/db/database.h"

struct sqlite3;

namespace tocsin {

class DatabaseInside {
 public:
  static constexpr const char* kInMemory = ":memory:";

  // A connection with every setting of VLT-7 made, the key proven right. The file must exist.
  static Result<std::unique_ptr<DatabaseInside>> connect(const char* path, const DatabaseKey* key,
                                                         const DatabaseOptions& options);
  DatabaseInside(const DatabaseInside&) = delete;
  DatabaseInside& operator=(const DatabaseInside&) = delete;
  ~DatabaseInside();
  Status close();

  // A new file gets its application id; an old one must carry it. Then all missing versions.
  Status make_new(const DatabaseOptions& options);
  Status bring_up_to_date(const DatabaseOptions& options);

  Result<Statement> take_statement(std::string_view sql);
  void give_back(sqlite3_stmt* raw, std::string_view sql);
  Status run(std::string_view sql);
  // SQL made by us at run time: several statements, no values of others.
  Status execute(const std::string& sql, const char* where);
  Result<std::int64_t> read_integer(std::string_view sql);
  // Damaged unless the check says nothing, or only "ok".
  Status expect_no_findings(std::string_view sql);

  Result<Transaction> begin();
  void roll_back();
  Status checkpoint();
  Status copy_to(const Path& path, const DatabaseKey& key);
  Status with_copy_attached(const Path& path, const DatabaseKey& key,
                            const std::function<Status()>& fill);
  Status copy_rows_to(const Path& path, const DatabaseKey& key, std::span<const Sql> statements);
  std::unexpected<Error> failure(int result, const char* where) const;

  sqlite3* raw() const { return raw_; }
  bool is_in_memory() const { return in_memory_; }
  std::int64_t wal_bytes() const { return wal_pages_ * page_bytes_; }
  bool wal_is_long() const { return wal_bytes() > wal_truncate_bytes_; }

  std::optional<FileLock> lock;
  std::optional<Instant> wal_since;  // the first maintain() that saw the log in use

 private:
  DatabaseInside() = default;
  Status configure(const DatabaseKey* key, const DatabaseOptions& options);
  Status apply_schema(const DatabaseOptions& options, std::int64_t version);

  sqlite3* raw_ = nullptr;
  bool in_memory_ = false;
  std::int64_t page_bytes_ = 0;
  std::int64_t wal_truncate_bytes_ = 0;
  std::int64_t wal_pages_ = 0;
  std::size_t statements_out_ = 0;
  std::unordered_map<std::string_view, std::vector<sqlite3_stmt*>> idle_;
};

}  // namespace tocsin

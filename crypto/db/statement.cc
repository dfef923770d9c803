#include "crypto/db/statement.h"

#include <sqlcipher/sqlite3.h>

#include "crypto/db/database_inside.h"

namespace tocsin {

Statement::Statement(Statement&& other) noexcept
    : owner_(other.owner_),
      raw_(std::exchange(other.raw_, nullptr)),
      sql_(other.sql_),
      bound_(other.bound_),
      fault_(other.fault_) {}

Statement::~Statement() {
  if (raw_ != nullptr) owner_->give_back(raw_, sql_);
}

Result<bool> Statement::next() {
  if (fault_ == SQLITE_DONE) return false;  // another step would run the statement again
  // SQLite would take what was left out for NULL, and a condition on NULL finds nothing, silently.
  if (bound_ != sqlite3_bind_parameter_count(raw_)) remember(SQLITE_RANGE);
  if (fault_ != SQLITE_OK) return owner_->failure(fault_, "bind value");
  const int stepped = sqlite3_step(raw_);
  if (stepped == SQLITE_ROW) return true;
  sqlite3_reset(raw_);  // ends the implicit read transaction
  fault_ = SQLITE_DONE;
  if (stepped == SQLITE_DONE) return false;
  return owner_->failure(stepped, "run statement");
}

Status Statement::run() {
  while (TRY(next())) {
  }
  return {};
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(raw_, column); }

BytesView Statement::bytes(int column) const {
  const void* data = sqlite3_column_blob(raw_, column);
  const int size = sqlite3_column_bytes(raw_, column);
  return {static_cast<const std::uint8_t*>(data), static_cast<std::size_t>(size)};
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(raw_, column) == SQLITE_NULL;
}

void Statement::rewind() {
  sqlite3_reset(raw_);
  sqlite3_clear_bindings(raw_);
  fault_ = SQLITE_OK;
}

void Statement::bind_value(int place, BytesView value) {
  // A null pointer would bind NULL where an empty value is meant.
  const void* data = value.empty() ? static_cast<const void*>("") : value.data();
  remember(sqlite3_bind_blob64(raw_, place, data, value.size(), SQLITE_TRANSIENT));
}

void Statement::bind_value(int place, std::string_view value) {
  const char* data = value.empty() ? "" : value.data();
  remember(sqlite3_bind_text64(raw_, place, data, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

void Statement::bind_value(int place, std::nullptr_t) { remember(sqlite3_bind_null(raw_, place)); }

void Statement::bind_integer(int place, std::int64_t value) {
  remember(sqlite3_bind_int64(raw_, place, value));
}

void Statement::remember(int result) {
  if (fault_ == SQLITE_OK) fault_ = result;
}

void Statement::remember_range_fault() { remember(SQLITE_TOOBIG); }

}  // namespace tocsin

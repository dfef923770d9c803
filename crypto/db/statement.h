// crypto/db/statement.h: one prepared SQL statement, bound by type, read by type.
//
// Shape:   `auto find = TRY(db.statement("SELECT body FROM cell WHERE id = ?1"));`
//          `find.bind(id.view());  while (TRY(find.next())) use(find.bytes(0));`
//          `TRY(db.run("DELETE FROM cell WHERE id = ?1", id.view()));`
// Errors:  those of sqlite_errors.h
// Threads: as its database: one at a time
#pragma once

#include <concepts>
#include <optional>
#include <string_view>
#include <utility>

#include "crypto/base/bytes.h"
#include "crypto/base/codes.h"
#include "crypto/base/strong.h"

struct sqlite3_stmt;

namespace tocsin {

// SQL that stands in our source as a literal: text of any other origin does not compile.
class Sql {
 public:
  template <std::size_t N>
  consteval Sql(const char (&text)[N])  // NOLINT(google-explicit-constructor): literals only
      : text_(text, N - 1) {}
  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

class DatabaseInside;

// A handle from the database's cache; it goes back, reset and unbound, when destroyed.
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  // Resets, then binds ?1, ?2 … in order: integers, texts, bytes (copied), nullptr, optionals.
  // A fault in binding, or another number of values than the text has, shows at next() or run().
  template <class... Values>
  Statement& bind(const Values&... values) {
    rewind();
    int place = 0;  // NOLINT(misc-const-correctness): it counts what there is to bind
    (bind_value(++place, values), ...);
    bound_ = place;
    return *this;
  }

  // True while there is a row; its columns are valid until the next call.
  Result<bool> next();
  // To the end, ignoring rows.
  Status run();

  // Columns count from 0. SQLite converts a value of another type (STRICT tables have none).
  std::int64_t integer(int column) const;
  BytesView bytes(int column) const;
  std::string_view text(int column) const { return as_text(bytes(column)); }
  bool is_null(int column) const;
  // damaged when the column has another length.
  template <class FixedValue>
  Result<FixedValue> fixed(int column) const {
    Result<FixedValue> value = FixedValue::from(bytes(column));
    if (!value.has_value()) return fail(kDamaged, "column length", column);
    return value;
  }

 private:
  friend class DatabaseInside;
  Statement(DatabaseInside& owner, sqlite3_stmt* raw, std::string_view sql)
      : owner_(&owner), raw_(raw), sql_(sql) {}

  void rewind();
  void bind_value(int place, BytesView value);
  void bind_value(int place, const Bytes& value) { bind_value(place, BytesView(value)); }
  void bind_value(int place, std::string_view value);
  void bind_value(int place, std::nullptr_t);
  void bind_integer(int place, std::int64_t value);
  template <std::integral Integer>
  void bind_value(int place, Integer value) {
    static_assert(!std::same_as<Integer, bool>, "bind 0 or 1");
    if (!std::in_range<std::int64_t>(value)) {
      remember_range_fault();
      return;
    }
    bind_integer(place, static_cast<std::int64_t>(value));
  }
  template <class Tag, std::size_t N>
  void bind_value(int place, const Fixed<Tag, N>& value) {
    bind_value(place, value.view());
  }
  template <class Value>
  void bind_value(int place, const std::optional<Value>& value) {
    if (value.has_value())
      bind_value(place, *value);
    else
      bind_value(place, nullptr);
  }
  void remember(int result);
  void remember_range_fault();

  DatabaseInside* owner_;
  sqlite3_stmt* raw_;
  std::string_view sql_;
  int bound_ = 0;
  int fault_ = 0;  // the first result of binding that was not SQLITE_OK
};

}  // namespace tocsin

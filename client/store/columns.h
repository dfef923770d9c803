// client/store/columns.h: columns that may be null, as optional values.
//
// Threads: values only
#pragma once

#include <optional>

#include "crypto/base/time.h"
#include "crypto/db/statement.h"

namespace tocsin {

// What to bind for an optional id or day.
template <class StrongInteger>
std::optional<decltype(StrongInteger::value)> column_of(const std::optional<StrongInteger>& value) {
  if (!value.has_value()) return std::nullopt;
  return value->value;
}

template <class StrongInteger>
std::optional<StrongInteger> optional_at(const Statement& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return StrongInteger{static_cast<decltype(StrongInteger::value)>(row.integer(column))};
}

}  // namespace tocsin

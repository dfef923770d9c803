// client/store/backup_rows.h: which rows of a vault a backup carries.
//
// Spec:    protocol/spec/vault.md VLT-9.3
// Threads: constant data
#pragma once

#include <span>

#include "crypto/db/statement.h"

namespace tocsin {

// To be run with the copy attached under the name `copy`, its schema made, in this order.
std::span<const Sql> backup_statements();

}  // namespace tocsin

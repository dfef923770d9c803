// client/store/schema.h: the tables of a vault.
//
// Shape:   one SQL script per schema version, run in order by crypto/db; a published one is never
//          edited
// Secrets: everything; the database is SQLCipher under the vault's key
// Threads: constant data
#pragma once

#include <span>

#include "crypto/db/database.h"

namespace tocsin {

inline constexpr std::int32_t kVaultApplicationId = 0x544f4353;  // "TOCS"

std::span<const Sql> vault_schema();
// How every client opens its vault.
DatabaseOptions vault_database_options();

}  // namespace tocsin

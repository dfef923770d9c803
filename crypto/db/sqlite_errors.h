// crypto/db/sqlite_errors.h: SQLite's result codes as ours: one total mapping.
//
// Source:  sqlite.org/rescode.html; SQLCipher adds no codes of its own
// Shape:   any int SQLite returns, primary or extended, to a code of crypto/base/codes.h
// Threads: values only
#pragma once

#include "crypto/base/codes.h"

namespace tocsin {

// disk_full, damaged, locked, constraint, too_large, no_memory, file_fault (the file system said
// no), database_fault (the statement is wrong or was stopped), library_fault (SQLite was misused,
// or the code is none of SQLite's).
Code code_of_sqlite(int result);

}  // namespace tocsin

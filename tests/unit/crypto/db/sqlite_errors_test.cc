#include "crypto/db/sqlite_errors.h"

#include <gtest/gtest.h>
#include <sqlcipher/sqlite3.h>

#include <map>

namespace tocsin {
namespace {

TEST(SqliteErrorsTest, EveryPrimaryCodeHasItsMeaning) {
  const std::map<int, Code> meant{
      {SQLITE_OK, kLibraryFault},        {SQLITE_ERROR, kDatabaseFault},
      {SQLITE_INTERNAL, kLibraryFault},  {SQLITE_PERM, kFileFault},
      {SQLITE_ABORT, kDatabaseFault},    {SQLITE_BUSY, kLocked},
      {SQLITE_LOCKED, kLocked},          {SQLITE_NOMEM, kNoMemory},
      {SQLITE_READONLY, kFileFault},     {SQLITE_INTERRUPT, kDatabaseFault},
      {SQLITE_IOERR, kFileFault},        {SQLITE_CORRUPT, kDamaged},
      {SQLITE_NOTFOUND, kDatabaseFault}, {SQLITE_FULL, kDiskFull},
      {SQLITE_CANTOPEN, kFileFault},     {SQLITE_PROTOCOL, kLocked},
      {SQLITE_EMPTY, kLibraryFault},     {SQLITE_SCHEMA, kDatabaseFault},
      {SQLITE_TOOBIG, kTooLarge},        {SQLITE_CONSTRAINT, kConstraint},
      {SQLITE_MISMATCH, kConstraint},    {SQLITE_MISUSE, kLibraryFault},
      {SQLITE_NOLFS, kFileFault},        {SQLITE_AUTH, kDatabaseFault},
      {SQLITE_FORMAT, kDamaged},         {SQLITE_RANGE, kLibraryFault},
      {SQLITE_NOTADB, kDamaged},         {SQLITE_NOTICE, kLibraryFault},
      {SQLITE_WARNING, kLibraryFault},   {SQLITE_ROW, kLibraryFault},
      {SQLITE_DONE, kLibraryFault},
  };
  for (int result = 0; result < 256; ++result) {
    const auto found = meant.find(result);
    EXPECT_EQ(code_of_sqlite(result), found == meant.end() ? kLibraryFault : found->second)
        << result;
    // A primary code the library has a text for is in the table above.
    if (sqlite3_errstr(result) != std::string("unknown error")) {
      EXPECT_TRUE(found != meant.end()) << result;
    }
  }
}

TEST(SqliteErrorsTest, ExtendedCodesFollowTheirPrimaryOrSayMore) {
  EXPECT_EQ(code_of_sqlite(SQLITE_CONSTRAINT_UNIQUE), kConstraint);
  EXPECT_EQ(code_of_sqlite(SQLITE_CORRUPT_VTAB), kDamaged);
  EXPECT_EQ(code_of_sqlite(SQLITE_IOERR_FSYNC), kFileFault);
  EXPECT_EQ(code_of_sqlite(SQLITE_IOERR_NOMEM), kNoMemory);
  EXPECT_EQ(code_of_sqlite(SQLITE_IOERR_CORRUPTFS), kDamaged);
  EXPECT_EQ(code_of_sqlite(SQLITE_IOERR_DATA), kDamaged);
}

}  // namespace
}  // namespace tocsin

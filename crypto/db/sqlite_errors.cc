#include "crypto/db/sqlite_errors.h"

#include <sqlcipher/sqlite3.h>

namespace tocsin {

Code code_of_sqlite(int result) {
  switch (result) {  // the extended codes that mean something else than their primary code
    case SQLITE_IOERR_NOMEM:
      return kNoMemory;
    case SQLITE_IOERR_CORRUPTFS:
    case SQLITE_IOERR_DATA:
      return kDamaged;
    default:
      break;
  }
  switch (result & 0xff) {
    case SQLITE_FULL:
      return kDiskFull;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
      return kDamaged;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return kLocked;
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
      return kConstraint;
    case SQLITE_TOOBIG:
      return kTooLarge;
    case SQLITE_NOMEM:
      return kNoMemory;
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_NOLFS:
      return kFileFault;
    case SQLITE_ERROR:
    case SQLITE_ABORT:
    case SQLITE_INTERRUPT:
    case SQLITE_NOTFOUND:
    case SQLITE_SCHEMA:
    case SQLITE_AUTH:
      return kDatabaseFault;
    // SQLITE_OK, ROW and DONE are no failures: who asks for their error has a fault of its own.
    default:
      return kLibraryFault;
  }
}

}  // namespace tocsin

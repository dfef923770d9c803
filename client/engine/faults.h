// client/engine/faults.h: whose fault an error is.
//
// Threads: values only
#pragma once

#include "client/codes.h"

namespace tocsin {

// True for faults of this device (disk, database, memory, a locked vault): nothing was done, and
// the same will be tried again. Everything else is a peer's or a relay's doing and ends with what
// they asked for: it must not stop what this vault does for anybody else.
inline bool is_local_fault(const Error& error) {
  return error.code == kCannotNow || error.code == kNoMemory || is_storage_fault(error.code);
}

}  // namespace tocsin

// crypto/base/harden.h: what a process does at its start so that its memory stays its own.
//
// Spec:    protocol/spec/vault.md VLT-8
// Errors:  file_fault (errno): the kernel refused what it never refuses
// Threads: before any other thread
#pragma once

#include "crypto/base/result.h"

namespace tocsin {

// What was reached: memory may be too large for what the system lets be locked.
enum class MemoryLock : std::uint8_t { kLocked, kRefused };

// No core dumps, not readable by a debugger of the same user, no swapping where the system allows.
Result<MemoryLock> protect_process_memory();

}  // namespace tocsin

// relay/harden/harden.h: what the process takes from itself before the first network byte.
//
// Shape:   no new privileges, no core dumps, memory not readable by others of the same user,
//          umask 077, as many descriptors as the hard limit allows
// Errors:  relay_system_fault (detail = errno)
// Threads: before any other thread
//
// The system call filter and the file system view are the service unit's (deploy/systemd): a
// filter of our own would need a list of what libzmq, SQLCipher and libc call on every release.
#pragma once

#include <cstdint>

#include "relay/codes.h"

namespace tocsin {

Status harden_process();

// RLIMIT_NOFILE after harden_process().
Result<std::uint64_t> descriptor_limit();
// Memory of this machine, or of the control group when that allows less.
std::uint64_t memory_limit();

}  // namespace tocsin

#include "crypto/base/harden.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <cerrno>

#include "crypto/base/codes.h"

namespace tocsin {

Result<MemoryLock> protect_process_memory() {
  const rlimit none{.rlim_cur = 0, .rlim_max = 0};
  if (::setrlimit(RLIMIT_CORE, &none) != 0) return fail(kFileFault, "forbid core dumps", errno);
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return fail(kFileFault, "forbid tracing", errno);
  // Locking what is mapped later under a small limit would make every later allocation fail, so
  // all or nothing: only when there is no limit, or the process is exempt from it.
  rlimit lock{};
  if (::getrlimit(RLIMIT_MEMLOCK, &lock) != 0) return fail(kFileFault, "memory lock limit", errno);
  if (lock.rlim_cur != RLIM_INFINITY) return MemoryLock::kRefused;
  const int locked = ::mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
  return locked == 0 ? MemoryLock::kLocked : MemoryLock::kRefused;
}

}  // namespace tocsin

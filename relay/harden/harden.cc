#include "relay/harden/harden.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <string>

#include "crypto/base/files.h"

namespace tocsin {

namespace {

std::unexpected<Error> system_failure(const char* where) {
  return fail(kRelaySystemFault, where, errno);
}

constexpr std::size_t kMaxLimitTextBytes = 64;

}  // namespace

Status harden_process() {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return system_failure("no new privileges");
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return system_failure("not dumpable");
  const rlimit no_core{0, 0};
  if (setrlimit(RLIMIT_CORE, &no_core) != 0) return system_failure("no core dumps");
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return system_failure("descriptor limit");
  files.rlim_cur = files.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &files) != 0) return system_failure("descriptor limit");
  ::umask(077);
  return {};
}

Result<std::uint64_t> descriptor_limit() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return system_failure("descriptor limit");
  return files.rlim_cur;
}

std::uint64_t memory_limit() {
  const long pages = sysconf(_SC_PHYS_PAGES);
  const long page = sysconf(_SC_PAGESIZE);
  const std::uint64_t machine =
      pages > 0 && page > 0 ? static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page)
                            : 0;
  const Result<Bytes> text = read_file("/sys/fs/cgroup/memory.max", kMaxLimitTextBytes);
  if (!text.has_value()) return machine;
  std::uint64_t group = 0;
  const std::string_view digits = as_text(*text);
  // "max" stands for no limit and is no number.
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), group);
  if (error != std::errc{} || end == digits.data()) return machine;
  return std::min(machine, group);
}

}  // namespace tocsin

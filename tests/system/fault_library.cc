// Put into a child by LD_PRELOAD: a disk that is full or has a bad sector (in the first slot of an
// arena), a write-ahead log that cannot be written, a wall clock that is wrong. Each is on while
// the file named in the environment is there, so that a test can change its mind while the child
// runs. The real programs stay as they are.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace {

// The next definition of a name: libc's.
template <class Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

const char* file_for(const char* variable) {
  const char* path = std::getenv(variable);
  return path == nullptr || *path == '\0' ? nullptr : path;
}

bool is_on(const char* variable) {
  const char* path = file_for(variable);
  return path != nullptr && ::access(path, F_OK) == 0;
}

bool is_regular(int descriptor) {
  struct stat status{};
  return ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
}

bool is_file(int descriptor, const char* ending) {
  char link[64];
  char path[4'096] = "";
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  const ssize_t length = ::readlink(link, path, sizeof path - 1);
  const auto tail = static_cast<ssize_t>(std::strlen(ending));
  return length > tail && std::strcmp(path + length - tail, ending) == 0;
}

bool is_bad_sector(int descriptor, off_t at) {
  constexpr off_t kSlotBytes = 65'536;
  const int before = errno;
  const bool bad =
      at < kSlotBytes && is_on("TOCSIN_TEST_BAD_SLOT") && is_file(descriptor, "/arena");
  errno = bad ? EIO : before;
  return bad;
}

// A full disk refuses what makes a file longer, and everything of a file with holes; what is
// written in place still fits.
bool refused(int descriptor, off_t end) {
  const int before = errno;
  while (is_on("TOCSIN_TEST_STALL") && is_file(descriptor, "-wal")) ::usleep(1'000);
  struct stat status{};
  const bool full = is_on("TOCSIN_TEST_FULL") && is_regular(descriptor) &&
                    ::fstat(descriptor, &status) == 0 && end > status.st_size;
  errno = full ? ENOSPC : before;
  return full;
}

time_t seconds_off() {
  const char* path = file_for("TOCSIN_TEST_CLOCK");
  if (path == nullptr) return 0;
  const int descriptor = ::open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return 0;
  char text[32] = "";
  const ssize_t got = ::read(descriptor, text, sizeof text - 1);
  ::close(descriptor);
  return got > 0 ? static_cast<time_t>(std::strtoll(text, nullptr, 10)) : 0;
}

}  // namespace

extern "C" {

ssize_t write(int descriptor, const void* bytes, size_t size) {
  static auto* const next = real<decltype(write)>("write");
  const off_t at = ::lseek(descriptor, 0, SEEK_CUR);
  if (at >= 0 && refused(descriptor, at + static_cast<off_t>(size))) return -1;
  return next(descriptor, bytes, size);
}

ssize_t pwrite(int descriptor, const void* bytes, size_t size, off_t at) {
  static auto* const next = real<decltype(pwrite)>("pwrite");
  if (is_bad_sector(descriptor, at)) return -1;
  return refused(descriptor, at + static_cast<off_t>(size)) ? -1
                                                            : next(descriptor, bytes, size, at);
}

ssize_t pwrite64(int descriptor, const void* bytes, size_t size, off64_t at) {
  static auto* const next = real<decltype(pwrite64)>("pwrite64");
  return refused(descriptor, at + static_cast<off_t>(size)) ? -1
                                                            : next(descriptor, bytes, size, at);
}

ssize_t pread(int descriptor, void* bytes, size_t size, off_t at) {
  static auto* const next = real<decltype(pread)>("pread");
  return is_bad_sector(descriptor, at) ? -1 : next(descriptor, bytes, size, at);
}

// What pread becomes where the compiler knows the buffer's length.
ssize_t __pread_chk(int descriptor, void* bytes, size_t size, off_t at, size_t) {
  return pread(descriptor, bytes, size, at);
}

int ftruncate(int descriptor, off_t size) noexcept {
  static auto* const next = real<int(int, off_t)>("ftruncate");
  return refused(descriptor, size) ? -1 : next(descriptor, size);
}

int ftruncate64(int descriptor, off64_t size) noexcept {
  static auto* const next = real<int(int, off64_t)>("ftruncate64");
  return refused(descriptor, size) ? -1 : next(descriptor, size);
}

int posix_fallocate64(int descriptor, off64_t at, off64_t size) {
  static auto* const next = real<int(int, off64_t, off64_t)>("posix_fallocate64");
  return refused(descriptor, at + size) ? ENOSPC : next(descriptor, at, size);
}

int clock_gettime(clockid_t clock, timespec* now) noexcept {
  static auto* const next = real<int(clockid_t, timespec*)>("clock_gettime");
  const int result = next(clock, now);
  if (result == 0 && clock == CLOCK_REALTIME) now->tv_sec += seconds_off();
  return result;
}

int gettimeofday(timeval* now, void* zone) noexcept {
  static auto* const next = real<int(timeval*, void*)>("gettimeofday");
  const int result = next(now, zone);
  if (result == 0) now->tv_sec += seconds_off();
  return result;
}

time_t time(time_t* out) noexcept {
  static auto* const next = real<time_t(time_t*)>("time");
  const time_t now = next(nullptr) + seconds_off();
  if (out != nullptr) *out = now;
  return now;
}
}

#include "relay/store/wake.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>

namespace tocsin {

Result<Wake> Wake::create() {
  FileDescriptor event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!event.is_open()) return fail_with_errno("wake event");
  return Wake(std::move(event));
}

void Wake::ring() const {
  // A full counter is a ring that was not heard yet: nothing to add.
  const std::uint64_t one = 1;
  while (::write(event_.get(), &one, sizeof one) < 0 && errno == EINTR) {
  }
}

void Wake::clear() const {
  std::uint64_t rings = 0;
  while (::read(event_.get(), &rings, sizeof rings) < 0 && errno == EINTR) {
  }
}

}  // namespace tocsin

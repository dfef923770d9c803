#include "crypto/keys/guarded.h"

#include <sodium.h>

#include <atomic>

namespace tocsin {
namespace {

std::atomic<int> held{0};

}  // namespace

Result<GuardedBytes> GuardedBytes::holding(BytesView bytes) {
  if (held.fetch_add(1) >= kMaxGuardedSecrets) {
    held.fetch_sub(1);
    return fail(kNoMemory, "guarded secrets", kMaxGuardedSecrets);
  }
  void* place = sodium_malloc(bytes.size());
  if (place == nullptr) {
    held.fetch_sub(1);
    return fail(kNoMemory, "guarded page", static_cast<std::int64_t>(bytes.size()));
  }
  copy_exact(bytes, {static_cast<std::uint8_t*>(place), bytes.size()});
  sodium_mprotect_noaccess(place);
  return GuardedBytes(place, bytes.size());
}

GuardedBytes::~GuardedBytes() {
  if (place_ == nullptr) return;
  sodium_free(place_);
  held.fetch_sub(1);
}

GuardedBytes::Readable::Readable(void* place) : place_(place) { sodium_mprotect_readonly(place); }
GuardedBytes::Readable::~Readable() { sodium_mprotect_noaccess(place_); }

}  // namespace tocsin

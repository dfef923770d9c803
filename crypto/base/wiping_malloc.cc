// The malloc family of both executables (S3): memory is wiped before it goes back, and realloc
// always moves, so that no old state of a growing buffer stays behind. Linked as an object library
// (tocsin_wiping_malloc), because a definition inside an archive would lose to the C library's.
//
// It wraps glibc's own allocator through the names glibc keeps for that purpose. Stacks and what a
// library maps by itself are not covered. Under the sanitizers, which bring their own, it is empty.
#ifndef TOCSIN_SANITIZED

#include <malloc.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>

// NOLINTBEGIN(bugprone-reserved-identifier): glibc's own names for what it does itself.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void* block);
}
// NOLINTEND(bugprone-reserved-identifier)

namespace {

// The barrier keeps the optimiser from dropping stores to memory that is about to be freed.
void wipe_block(void* block) {
  std::memset(block, 0, malloc_usable_size(block));
  __asm__ __volatile__("" : : "r"(block) : "memory");
}

bool is_power_of_two(std::size_t value) { return value != 0 && (value & (value - 1)) == 0; }

}  // namespace

extern "C" {

void* malloc(std::size_t size) noexcept { return __libc_malloc(size); }

void* calloc(std::size_t count, std::size_t size) noexcept { return __libc_calloc(count, size); }

void free(void* block) noexcept {
  if (block == nullptr) return;
  const int saved = errno;  // glibc's free keeps it; so must a wrapper
  wipe_block(block);
  __libc_free(block);
  errno = saved;
}

void* realloc(void* block, std::size_t size) noexcept {
  if (block == nullptr) return __libc_malloc(size);
  if (size == 0) {
    free(block);
    return nullptr;
  }
  void* moved = __libc_malloc(size);
  if (moved == nullptr) return nullptr;
  const std::size_t old_size = malloc_usable_size(block);
  std::memcpy(moved, block, old_size < size ? old_size : size);
  free(block);
  return moved;
}

void* reallocarray(void* block, std::size_t count, std::size_t size) noexcept {
  std::size_t total = 0;
  if (__builtin_mul_overflow(count, size, &total)) {
    errno = ENOMEM;
    return nullptr;
  }
  return realloc(block, total);
}

void* memalign(std::size_t alignment, std::size_t size) noexcept {
  return __libc_memalign(alignment, size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  if (!is_power_of_two(alignment)) {
    errno = EINVAL;
    return nullptr;
  }
  return __libc_memalign(alignment, size);
}

int posix_memalign(void** target, std::size_t alignment, std::size_t size) noexcept {
  if (!is_power_of_two(alignment) || alignment % sizeof(void*) != 0) return EINVAL;
  const int saved = errno;
  void* block = __libc_memalign(alignment, size);
  errno = saved;
  if (block == nullptr) return ENOMEM;
  *target = block;
  return 0;
}

}  // extern "C"

#endif

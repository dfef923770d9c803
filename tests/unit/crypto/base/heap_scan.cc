// Plants a canary in memory of every kind malloc gives, gives it back, and looks for it.
// Built twice: with the wiping allocator nothing is found, without it the same scan finds it (S3).
// Prints what it found; VLT-8.1.
#include <malloc.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "tests/support/memory_scan.h"

namespace {

constexpr std::size_t kCanaryBytes = 24;
std::array<std::uint8_t, kCanaryBytes> masked_canary() {
  std::array<std::uint8_t, kCanaryBytes> masked{};
  for (std::size_t i = 0; i < masked.size(); ++i)
    masked[i] = static_cast<std::uint8_t>((i * 37 + 11) ^ 0x3c);
  return masked;
}

// Behind the bytes the C library's free overwrites with its own links.
void plant(void* block, std::size_t offset = 64) {
  const auto masked = masked_canary();
  auto* bytes = static_cast<volatile std::uint8_t*>(block);
  for (std::size_t i = 0; i < masked.size(); ++i)
    bytes[offset + i] = static_cast<std::uint8_t>(masked[i] ^ tocsin::kCanaryMask);
}

bool is_planted(const void* block, std::size_t offset = 64) {
  const auto masked = masked_canary();
  const auto* bytes = static_cast<const std::uint8_t*>(block);
  for (std::size_t i = 0; i < masked.size(); ++i)
    if ((bytes[offset + i] ^ tocsin::kCanaryMask) != masked[i]) return false;
  return true;
}

void expect(bool condition, const char* what) {
  if (condition) return;
  std::printf("broken: %s\n", what);
  std::exit(2);
}

void check_contracts() {
  void* block = std::malloc(200);
  plant(block);
  for (const std::size_t size : {std::size_t{100}, std::size_t{5000}, std::size_t{1} << 20}) {
    block = std::realloc(block, size);
    expect(block != nullptr && is_planted(block), "realloc keeps the content");
  }
  errno = 7;
  std::free(block);
  expect(errno == 7, "free keeps errno");
  std::free(nullptr);
  std::free(std::realloc(nullptr, 10));
  const volatile std::size_t huge = SIZE_MAX;  // volatile: the compiler would know better
  expect(reallocarray(nullptr, huge, 2) == nullptr && errno == ENOMEM, "overflow is refused");
  void* aligned = std::aligned_alloc(256, 1024);
  expect(reinterpret_cast<std::uintptr_t>(aligned) % 256 == 0, "aligned_alloc aligns");
  std::free(aligned);
  expect(posix_memalign(&aligned, 3, 8) == EINVAL, "a bad alignment is refused");
  expect(posix_memalign(&aligned, 64, 100) == 0, "posix_memalign");
  std::free(aligned);
  auto* zeros = static_cast<unsigned char*>(std::calloc(300, 1));
  for (int i = 0; i < 300; ++i) expect(zeros[i] == 0, "calloc gives zeros");
  std::free(zeros);
}

void plant_everywhere() {
  for (const std::size_t size : {std::size_t{100}, std::size_t{1000}, std::size_t{30000}}) {
    void* block = std::malloc(size);
    plant(block);
    std::free(block);
    block = std::malloc(size);
    plant(block);
    std::free(std::realloc(block, size * 2));  // grown
    block = std::malloc(size * 2);
    plant(block, size + 10);
    std::free(std::realloc(block, size));  // shrunk: its tail must go as well
    block = memalign(64, size);
    plant(block);
    std::free(block);
  }
  std::vector<std::uint8_t> growing(100);
  plant(growing.data());
  growing.resize(10000);
  std::string text(500, 'x');
  plant(text.data());
}

}  // namespace

int main() {
  check_contracts();
  const auto masked = masked_canary();
  void* alive = std::malloc(200);
  plant(alive);
  expect(tocsin::count_in_heap(masked) >= 1, "the scan sees what is there");
  std::free(alive);
  plant_everywhere();
  const int found = tocsin::count_in_heap(masked);
  std::printf(found > 0 ? "canary found %d times\n" : "no canary (%d)\n", found);
  return found < 0 ? 2 : 0;
}

// tests/support/memory_scan.h: looks for a planted canary in the heap of this very process.
#pragma once

#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <span>

namespace tocsin {

// The canary is kept masked, so that looking for it does not plant it.
inline constexpr std::uint8_t kCanaryMask = 0x5a;

// How often the unmasked canary stands in writable memory outside stacks; negative when the map of
// the process cannot be read. Reads in place: a copy would be another finding.
inline int count_in_heap(std::span<const std::uint8_t> masked) {
  std::FILE* maps = std::fopen("/proc/self/maps", "re");
  if (maps == nullptr) return -1;
  int found = 0;
  char line[512];
  while (std::fgets(line, sizeof line, maps) != nullptr) {
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
    char rights[5] = "";
    char name[256] = "";
    const int fields = std::sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s %*s %*s %*s %255[^\n]",
                                   &begin, &end, rights, name);
    if (fields < 3 || rights[0] != 'r' || rights[1] != 'w') continue;
    if (name[0] == '[' && name[1] != 'h') continue;  // [stack], [vvar] …
    const auto* bytes = reinterpret_cast<const volatile std::uint8_t*>(begin);
    const std::size_t size = end - begin;
    for (std::size_t at = 0; at + masked.size() <= size; ++at) {
      std::size_t same = 0;
      while (same < masked.size() && (bytes[at + same] ^ kCanaryMask) == masked[same]) ++same;
      if (same == masked.size()) ++found;
    }
  }
  std::fclose(maps);
  return found;
}

}  // namespace tocsin

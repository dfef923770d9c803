// tests/fuzz/harness.h: what every fuzz harness provides: libFuzzer's entry and its first samples.
//
// A harness aborts (fuzz_check) when a property does not hold; whatever else an input causes, it
// may only be refused.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "crypto/base/bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace tocsin {

// Valid inputs: the replay mutates them, `--write FOLDER` makes a corpus of them for libFuzzer.
std::vector<Bytes> fuzz_samples();

inline void fuzz_check(bool holds, const char* property) {
  if (holds) return;
  std::fprintf(stderr, "property broken: %s\n", property);
  std::abort();
}

}  // namespace tocsin

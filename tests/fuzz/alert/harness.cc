// The fuzz entry of one target (TOCSIN_FUZZ_TARGET); its samples are the alert vectors whose names
// begin with TOCSIN_FUZZ_SAMPLES.
#include "tests/fuzz/harness.h"

#include <fstream>
#include <string>

#include "tests/fuzz/alert/targets.h"

namespace tocsin {

std::vector<Bytes> fuzz_samples() {
  std::vector<Bytes> samples;
  std::ifstream file(TOCSIN_VECTORS "/alert.txt");
  for (std::string line; std::getline(file, line);) {
    const std::size_t at = line.find(" = ");
    if (at == std::string::npos || !line.starts_with(TOCSIN_FUZZ_SAMPLES)) continue;
    if (auto bytes = from_hex(line.substr(at + 3)); bytes.has_value()) samples.push_back(*bytes);
  }
  fuzz_check(!samples.empty(), "the vectors have samples for this target");
  return samples;
}

}  // namespace tocsin

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tocsin::fuzz::TOCSIN_FUZZ_TARGET({data, size});
  return 0;
}

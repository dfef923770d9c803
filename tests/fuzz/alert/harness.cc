// libFuzzer's entry for one target, named by TOCSIN_FUZZ_TARGET.
#include "crypto/box/box.h"
#include "tests/fuzz/alert/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool started = tocsin::start_crypto().has_value();
  if (started) tocsin::fuzz::TOCSIN_FUZZ_TARGET({data, size});
  return 0;
}

// What is released, and whether the file is whole, does not depend on where its pieces end.
#include "tests/fuzz/age/samples.h"

namespace tocsin {

std::vector<Bytes> fuzz_samples() {
  return {fuzz_age_file(0), fuzz_age_file(100), fuzz_age_file(66'000)};
}

}  // namespace tocsin

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tocsin;  // NOLINT: a harness is one function
  const auto make = [](age::Sink sink) {
    age::Keys keys;
    keys.identities.push_back(fuzz_identity());
    return age::Opener(std::move(keys), std::move(sink));
  };
  const FuzzOutcome whole = fuzz_run(make, {data, size}, size + 1);
  for (const std::size_t piece : {std::size_t{61}, std::size_t{4'099}})
    fuzz_check(whole == fuzz_run(make, {data, size}, piece), "pieces change nothing");
  return 0;
}

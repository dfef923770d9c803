// What is read does not depend on its pieces, and is written again as the same text but for what is
// forgiven.
#include "crypto/age/armor.h"
#include "tests/fuzz/age/samples.h"

namespace tocsin {
namespace {

Bytes armored(BytesView bytes) {
  return fuzz_run([](age::Sink sink) { return age::ArmorWriter(std::move(sink)); }, bytes, 100)
      .released;
}

// Without what is forgiven: carriage returns and blank space around it.
std::string stripped(BytesView text) {
  std::string kept;
  for (const std::uint8_t byte : text) {
    if (byte != '\r') kept.push_back(static_cast<char>(byte));
  }
  const std::size_t begin = kept.find('-');
  const std::size_t end = kept.rfind('-');
  return begin == std::string::npos ? std::string{} : kept.substr(begin, end - begin + 1);
}

}  // namespace

std::vector<Bytes> fuzz_samples() {
  return {armored({}), armored(fuzz_age_file(40)), armored(Bytes(48, 1))};
}

}  // namespace tocsin

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tocsin;  // NOLINT: a harness is one function
  const auto make = [](age::Sink sink) { return age::ArmorReader(std::move(sink)); };
  const FuzzOutcome whole = fuzz_run(make, {data, size}, size + 1);
  fuzz_check(whole == fuzz_run(make, {data, size}, 5), "pieces change nothing");
  if (whole.ended == Code{})
    fuzz_check(stripped(armored(whole.released)) == stripped({data, size}), "one file, one text");
  return 0;
}

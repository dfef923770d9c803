// One header, one text: what is read is written again byte for byte.
#include <algorithm>

#include "crypto/age/header.h"
#include "tests/fuzz/age/samples.h"

namespace tocsin {

std::vector<Bytes> fuzz_samples() {
  return {
      fuzz_age_file(3),
      to_bytes(as_bytes("age-encryption.org/v1\n-> scrypt bm90IGEgc2FsdCEhISEhIQ 9\n\n--- x\n"))};
}

}  // namespace tocsin

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tocsin;  // NOLINT: a harness is one function
  const auto header = age::parse_header({data, size});
  if (!header.has_value() || !header->has_value()) return 0;
  fuzz_check((*header)->bytes <= size, "a header ends within the file");
  SeededRng rng(3);
  const Bytes again = age::encode_header((*header)->stanzas, age::FileKey::random(rng));
  const Bytes& signed_part = (*header)->authenticated;
  fuzz_check(again.size() >= signed_part.size() &&
                 std::equal(signed_part.begin(), signed_part.end(), again.begin()),
             "one header, one text");
  return 0;
}

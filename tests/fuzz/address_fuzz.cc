// Relay addresses: whatever parses, prints to the same text (WIR-10.1).

#include "protocol/wire/address.h"
#include "tests/fuzz/harness.h"
#include "tests/support/wire_samples.h"

namespace tocsin {

std::vector<Bytes> fuzz_samples() {
  const SigningSecret store = SigningSecret::from(Bytes(32, 3)).value();
  std::vector<Bytes> texts;
  for (const char* host : {"relay.example.org", "127.0.0.1", "2001:db8::1",
                           "abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrstuvwx.onion"}) {
    RelayAddress address = samples::address(store);
    address.host = host;
    texts.push_back(to_bytes(as_bytes(print_address(address))));
  }
  return texts;
}

}  // namespace tocsin

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tocsin;  // NOLINT(google-build-using-namespace): the entry point itself
  const std::string_view text = as_text({data, size});
  const auto address = parse_address(text);
  if (!address.has_value()) return 0;
  fuzz_check(print_address(*address) == text, "a parsed address prints to itself");
  return 0;
}

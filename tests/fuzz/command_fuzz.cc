// Commands: whatever decodes, encodes to the same bytes (WIR-8.2).

#include <algorithm>

#include "protocol/wire/command.h"
#include "tests/fuzz/harness.h"
#include "tests/support/wire_samples.h"

namespace tocsin {

std::vector<Bytes> fuzz_samples() {
  std::vector<Bytes> commands;
  for (const Command& command : samples::commands())
    commands.push_back(encode_command(command).value());
  return commands;
}

}  // namespace tocsin

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tocsin;  // NOLINT(google-build-using-namespace): the entry point itself
  const BytesView input(data, size);
  const auto command = decode_command(input);
  if (!command.has_value()) return 0;
  const auto again = encode_command(*command);
  fuzz_check(again.has_value() && std::ranges::equal(*again, input),
             "a decoded command encodes to itself");
  return 0;
}

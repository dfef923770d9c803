// Cells: whatever decodes, encodes to the same bytes (WIR-2.2). Input is padded with zeros to a
// cell.

#include <algorithm>

#include "protocol/wire/cell.h"
#include "tests/fuzz/harness.h"
#include "tests/support/wire_samples.h"

namespace tocsin {

std::vector<Bytes> fuzz_samples() {
  std::vector<Bytes> cells;
  for (const Message& message : samples::messages()) {
    Bytes cell = to_bytes(encode(message).value());
    while (cell.back() == 0) cell.pop_back();
    cells.push_back(std::move(cell));
  }
  return cells;
}

}  // namespace tocsin

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tocsin;  // NOLINT(google-build-using-namespace): the entry point itself
  Cell cell{};
  std::copy_n(data, std::min(size, kCellBytes), cell.begin());
  const auto message = decode(cell);
  if (!message.has_value()) {
    fuzz_check(message.error().code == kMalformed, "one error for every cause");
    return 0;
  }
  const auto again = encode(*message);
  fuzz_check(again.has_value() && *again == cell, "a decoded cell encodes to itself");
  return 0;
}

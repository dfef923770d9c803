// Bodies of welcomes, signed by the right store whatever they say: what verifies is signed again to
// the same bytes (WIR-4.2).

#include "crypto/box/sign.h"
#include "protocol/wire/welcome.h"
#include "tests/fuzz/harness.h"
#include "tests/support/wire_samples.h"

namespace tocsin {

std::vector<Bytes> fuzz_samples() {
  const SigningSecret store = SigningSecret::from(Bytes(32, 3)).value();
  Welcome welcome = samples::welcome(store);
  const Bytes with_successor = sign_welcome(welcome, store).value().body;
  welcome.notice.reset();
  return {with_successor, sign_welcome(welcome, store).value().body};
}

}  // namespace tocsin

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tocsin;  // NOLINT(google-build-using-namespace): the entry point itself
  static const SigningSecret store = SigningSecret::from(Bytes(32, 3)).value();
  static const RelayAddress address{CurvePublic::from(Bytes(32, 0x12)).value(),
                                    store_pin_of(signing_public_of(store)), "a", 1};
  SignedWelcome welcome{Bytes(data, data + size), {}};
  welcome.signature = sign(store, Label::kWelcome, {welcome.body});
  const auto verified = verify_welcome(welcome, address);
  if (!verified.has_value()) return 0;
  const auto again = sign_welcome(*verified, store);
  fuzz_check(again.has_value() && *again == welcome, "a parsed welcome is written the same");
  return 0;
}

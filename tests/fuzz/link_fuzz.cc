// Links: what is accepted prints to itself. Inputs are tried as text, as a file, and as a file
// whose check is made right, so that mutations reach the fields behind it.
#include <algorithm>

#include "crypto/box/hash.h"
#include "protocol/pairing/link.h"
#include "tests/fuzz/harness.h"
#include "tests/support/card_issuer.h"

namespace tocsin {
namespace {

Link link_of(CardKind kind, std::string_view access) {
  SeededRng rng(access.size());
  return {kind,
          testing_support::route_on("relay.example", rng).relay,
          SecretBytes::copy_of(as_bytes(access)),
          rng.draw<Locator>(),
          InvitationSecret::random(rng),
          rng.draw<IdentityCommitment>(),
          7};
}

void try_file(BytesView input) {
  const auto link = decode_link(input);
  if (!link) return;
  const auto again = encode_link(*link);
  fuzz_check(again.has_value() && std::ranges::equal(again->expose(kExpose), input),
             "one encoding per link");
}

}  // namespace

std::vector<Bytes> fuzz_samples() {
  std::vector<Bytes> samples;
  for (const std::string_view access : {"", "correct horse"}) {
    const Link link = link_of(access.empty() ? CardKind::kPublic : CardKind::kInvitation, access);
    const SecretBytes file = encode_link(link).value();
    samples.push_back(to_bytes(file.expose(kExpose)));
    samples.push_back(to_bytes(as_bytes(print_link(link).value())));
  }
  return samples;
}

}  // namespace tocsin

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tocsin;  // NOLINT(google-build-using-namespace): the entry point itself
  const BytesView input(data, size);
  if (const auto link = parse_link(as_text(input)); link.has_value())
    fuzz_check(print_link(*link).value() == as_text(input), "one text per link");
  try_file(input);
  if (size >= kLinkCheckBytes) {
    Bytes rechecked = to_bytes(input);
    using Digest = Fixed<struct FuzzDigestTag, 16>;
    const auto digest = blake2b_of<Digest>({input.first(size - kLinkCheckBytes)});
    copy_exact(digest.view().first(kLinkCheckBytes),
               MutableBytes(rechecked).subspan(size - kLinkCheckBytes));
    try_file(rechecked);
  }
  return 0;
}

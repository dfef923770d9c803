// Cards: what is accepted re-encodes to itself, and no mutation passes the check.
#include <algorithm>

#include "tests/fuzz/harness.h"
#include "tests/support/card_issuer.h"

namespace tocsin {
namespace {

using testing_support::CardIssuer;

const std::vector<Bytes>& issued() {
  static const std::vector<Bytes> cards = [] {
    CardIssuer issuer(1);
    CardOrder order = issuer.order();
    order.routes.push_back(testing_support::route_on("second.example", issuer.rng));
    return std::vector<Bytes>{issuer.issue(order), issuer.issue(issuer.order(CardKind::kPublic)),
                              issuer.issue_without_signing(issuer.order(CardKind::kContact))};
  }();
  return cards;
}

}  // namespace

std::vector<Bytes> fuzz_samples() { return issued(); }

}  // namespace tocsin

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tocsin;  // NOLINT(google-build-using-namespace): the entry point itself
  const BytesView input(data, size);
  const auto card = decode_card(input);
  if (!card) return 0;
  const auto again = encode_card(*card);
  fuzz_check(again.has_value() && std::ranges::equal(*again, input), "one encoding per card");
  const CardPin pin{card->kind, commit_identity(card->identity, card->signing), 0};
  const auto checked = check_card(input, pin, {}, {card->from, {}});
  // A card without signing key is authenticated by its session: its unsigned fields may differ.
  const bool honest = std::ranges::any_of(
      issued(), [&](const Bytes& known) { return std::ranges::equal(known, input); });
  fuzz_check(!checked || honest || card->signing.is_zero(), "only issued cards pass the check");
  return 0;
}

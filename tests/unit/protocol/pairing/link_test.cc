#include "protocol/pairing/link.h"

#include <gtest/gtest.h>

#include "crypto/box/hash.h"
#include "protocol/codes.h"
#include "tests/support/card_issuer.h"

namespace tocsin {
namespace {

using testing_support::CardIssuer;
using testing_support::longest_host;
using testing_support::route_on;

Link make_link(Rng& rng, std::string_view access = "", std::string host = "relay.example") {
  return {CardKind::kInvitation,
          route_on(std::move(host), rng).relay,
          SecretBytes::copy_of(as_bytes(access)),
          rng.draw<Locator>(),
          InvitationSecret::random(rng),
          rng.draw<IdentityCommitment>(),
          42};
}

static_assert(!std::is_copy_constructible_v<Link>);

// PAI-5.1
TEST(LinkTest, TextAndFileRoundTrip) {
  SeededRng rng(1);
  const Link link = make_link(rng, "correct horse");
  const std::string text = print_link(link).value();
  EXPECT_TRUE(text.starts_with("tocsin:"));
  const Link read = parse_link(text).value();
  EXPECT_EQ(read.kind, link.kind);
  EXPECT_EQ(read.relay, link.relay);
  EXPECT_EQ(as_text(read.access.expose(kExpose)), "correct horse");
  EXPECT_EQ(read.locator, link.locator);
  EXPECT_TRUE(equal_in_constant_time(read.secret.expose(kExpose), link.secret.expose(kExpose)));
  EXPECT_EQ(read.commitment, link.commitment);
  EXPECT_EQ(read.least_number, 42U);
  EXPECT_EQ(print_link(read).value(), text);
  const SecretBytes file = encode_link(link).value();
  EXPECT_EQ(text, "tocsin:" + to_base64url(file.expose(kExpose)));
  EXPECT_EQ(print_link(decode_link(file.expose(kExpose)).value()).value(), text);
  EXPECT_EQ(file.size(), 159U + 13 + 13);
}

TEST(LinkTest, TheLongestLinkFitsAPicture) {
  SeededRng rng(2);
  const Link link = make_link(rng, std::string(64, 'x'), longest_host());
  EXPECT_EQ(encode_link(link).value().size(), kMaxLinkBytes);
  EXPECT_EQ(print_link(link).value().size(), 390U);
  EXPECT_EQ(encode_link(make_link(rng, std::string(65, 'x'))).error().code, kBadLink);
}

// PAI-5.2
TEST(LinkTest, EveryMistypedCharacterIsABadLink) {
  SeededRng rng(3);
  const std::string honest = print_link(make_link(rng, "pw")).value();
  for (std::size_t i = 0; i < honest.size(); ++i) {
    std::string text = honest;
    text[i] = text[i] == 'A' ? 'B' : 'A';
    const auto link = parse_link(text);
    ASSERT_FALSE(link.has_value()) << i;
    EXPECT_EQ(link.error().code, kBadLink) << i;
  }
  for (std::size_t size = 0; size < honest.size(); ++size)
    EXPECT_EQ(parse_link(honest.substr(0, size)).error().code, kBadLink) << size;
  for (const std::string& text :
       {honest + "A", honest + "=", honest + " ", " " + honest, "TOCSIN:" + honest.substr(7),
        "tocsin://" + honest.substr(7), std::string()}) {
    EXPECT_EQ(parse_link(text).error().code, kBadLink) << text;
  }
}

// The bytes of a link with its check made right again.
Bytes rechecked(Bytes bytes) {
  using Digest = Fixed<struct RecheckTag, 16>;
  const std::size_t before = bytes.size() - kLinkCheckBytes;
  const auto digest = blake2b_of<Digest>({BytesView(bytes).first(before)});
  copy_exact(digest.view().first(kLinkCheckBytes), MutableBytes(bytes).subspan(before));
  return bytes;
}

TEST(LinkTest, ALinkOfALaterVersionIsNotCalledMistyped) {
  SeededRng rng(4);
  const SecretBytes encoded = encode_link(make_link(rng)).value();
  Bytes bytes = to_bytes(encoded.expose(kExpose));
  bytes[0] = 2;
  EXPECT_EQ(decode_link(rechecked(bytes)).error().code, kUnsupportedVersion);
}

// PAI-5.3
TEST(LinkTest, AContactCardNeverTravelsByLink) {
  SeededRng rng(5);
  Link link = make_link(rng);
  const SecretBytes encoded = encode_link(link).value();
  Bytes bytes = to_bytes(encoded.expose(kExpose));
  for (const std::uint8_t kind : Bytes{0, 3, 4}) {
    bytes[2] = kind;
    EXPECT_EQ(decode_link(rechecked(bytes)).error().code, kBadLink);
  }
  link.kind = CardKind::kContact;
  EXPECT_EQ(encode_link(link).error().code, kBadLink);
}

TEST(LinkTest, LengthsInsideThatDoNotAddUpAreRefused) {
  SeededRng rng(6);
  const SecretBytes encoded = encode_link(make_link(rng, "pw")).value();
  const Bytes honest = to_bytes(encoded.expose(kExpose));
  const std::size_t host_length = 3 + 48 + 2;
  const std::size_t access_length = host_length + 1 + 13;
  for (const std::size_t place : {host_length, access_length}) {
    for (int value = 0; value < 256; ++value) {
      if (value == honest[place]) continue;
      Bytes bytes = honest;
      bytes[place] = static_cast<std::uint8_t>(value);
      EXPECT_FALSE(decode_link(rechecked(bytes)).has_value()) << place << " " << value;
    }
  }
}

// PAI-5.4
TEST(LinkTest, TheLinkPinsKindIdentityAndLeastNumberOfTheCard) {
  CardIssuer issuer(7);
  Link link = make_link(issuer.rng);
  link.commitment = commit_identity(issuer.identity.public_key, issuer.signing.public_key);
  link.least_number = 7;
  const Bytes card = issuer.issue(issuer.order());
  const BoardPlace place{link.locator, link.secret};
  const Bytes payload = seal_card(card, place, issuer.rng).value();
  const auto checked =
      check_card(open_card(payload, place).value(), pin_of(link), {}, {{20'000}, {}});
  EXPECT_TRUE(checked.has_value());
  // A relay that knows L (a public link) still cannot serve somebody else's card.
  CardIssuer other(8);
  const Bytes swapped = seal_card(other.issue(other.order()), place, other.rng).value();
  EXPECT_EQ(check_card(open_card(swapped, place).value(), pin_of(link), {}, {{20'000}, {}})
                .error()
                .reason,
            CardReason::kWrongIdentity);
  link.least_number = 8;
  EXPECT_EQ(check_card(card, pin_of(link), {}, {{20'000}, {}}).error().reason,
            CardReason::kNumberBelowLink);
}

// PAI-5.5
TEST(LinkTest, OnlyAnInvitationMixesItsSecretIntoTheFirstContact) {
  SeededRng rng(9);
  const InvitationSecret secret = InvitationSecret::random(rng);
  const Bytes zeros(32);
  const auto psk = [&](CardKind kind, const InvitationSecret* from) {
    return to_hex(psk_of(kind, from).expose(kExpose));
  };
  Bytes expected(32);
  blake2b(secret.expose(kExpose), {as_bytes("tocsin/1 psk")}, expected);
  EXPECT_EQ(psk(CardKind::kInvitation, &secret), to_hex(expected));
  EXPECT_EQ(psk(CardKind::kPublic, &secret), to_hex(zeros));
  EXPECT_EQ(psk(CardKind::kPublic, nullptr), to_hex(zeros));
  EXPECT_EQ(psk(CardKind::kContact, nullptr), to_hex(zeros));
}

// PAI-5.6
TEST(SealedCardTest, EveryCardHasOneSizeOnItsBoard) {
  CardIssuer issuer(10);
  const InvitationSecret secret = InvitationSecret::random(issuer.rng);
  const auto locator = issuer.rng.draw<Locator>();
  const BoardPlace place{locator, secret};
  CardOrder order = issuer.order();
  for (std::size_t routes = 1; routes <= kMaxRoutes; ++routes) {
    const Bytes card = issuer.issue(order);
    const Bytes payload = seal_card(card, place, issuer.rng).value();
    EXPECT_EQ(payload.size(), 3712U);
    EXPECT_EQ(open_card(payload, place).value(), card);
    order.routes.push_back(route_on("other.example", issuer.rng));
  }
  EXPECT_EQ(seal_card(Bytes(kMaxCardBytes + 1), place, issuer.rng).error().code, kTooLarge);
}

TEST(SealedCardTest, ItOpensOnlyUnchangedWithItsSecretOnItsBoard) {
  CardIssuer issuer(11);
  const InvitationSecret secret = InvitationSecret::random(issuer.rng);
  const InvitationSecret other_secret = InvitationSecret::random(issuer.rng);
  const auto locator = issuer.rng.draw<Locator>();
  const auto other_locator = issuer.rng.draw<Locator>();
  const Bytes payload =
      seal_card(issuer.issue(issuer.order()), {locator, secret}, issuer.rng).value();
  EXPECT_EQ(open_card(payload, {locator, other_secret}).error().code, kBadCiphertext);
  EXPECT_EQ(open_card(payload, {other_locator, secret}).error().code, kBadCiphertext);
  for (std::size_t i = 0; i < payload.size(); i += 61) {
    Bytes bytes = payload;
    bytes[i] ^= 0x10;
    EXPECT_EQ(open_card(bytes, {locator, secret}).error().code, kBadCiphertext) << i;
  }
  EXPECT_FALSE(open_card(BytesView(payload).first(payload.size() - 1), {locator, secret}));
  EXPECT_FALSE(open_card({}, {locator, secret}));
}

TEST(SealedCardTest, APaddingThatIsNotZeroIsRefused) {
  CardIssuer issuer(12);
  const InvitationSecret secret = InvitationSecret::random(issuer.rng);
  const auto locator = issuer.rng.draw<Locator>();
  using CardKey = Secret<struct TestCardKeyTag, 32>;
  const auto key = derive<CardKey>(secret.expose(kExpose), {as_bytes("tocsin/1 card key")});
  Bytes plain = issuer.issue(issuer.order());
  plain.resize(kSealedCardRoom);
  const auto nonce = issuer.rng.draw<Nonce>();
  const auto payload = [&] {
    return concat({nonce.view(), seal({key.expose(kExpose), nonce, locator.view()}, plain)});
  };
  EXPECT_TRUE(open_card(payload(), {locator, secret}).has_value());
  plain.back() = 1;
  EXPECT_EQ(open_card(payload(), {locator, secret}).error().code, kMalformed);
}

}  // namespace
}  // namespace tocsin

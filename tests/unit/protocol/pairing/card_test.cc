#include "protocol/pairing/card.h"

#include <gtest/gtest.h>

#include "crypto/box/agree.h"
#include "crypto/box/hash.h"
#include "protocol/codes.h"
#include "tests/support/card_issuer.h"

namespace tocsin {
namespace {

using testing_support::CardIssuer;
using testing_support::longest_host;
using testing_support::route_on;

TEST(CardTest, EveryKindAndNumberOfRoutesRoundTrips) {
  CardIssuer issuer(1);
  for (const CardKind kind : {CardKind::kPublic, CardKind::kInvitation, CardKind::kContact}) {
    CardOrder order = issuer.order(kind);
    for (std::size_t routes = 1; routes <= kMaxRoutes; ++routes) {
      const Bytes bytes = issuer.issue(order);
      const Card card = decode_card(bytes).value();
      EXPECT_EQ(card.kind, kind);
      EXPECT_EQ(card.routes, order.routes);
      EXPECT_EQ(encode_card(card).value(), bytes);
      order.routes.push_back(route_on(longest_host(), issuer.rng));
    }
  }
}

// PAI-2.1
TEST(CardTest, TheLayoutIsTheOneOfTheSpecification) {
  CardIssuer issuer(2);
  const Bytes bytes = issuer.issue(issuer.order());
  const Card card = decode_card(bytes).value();
  EXPECT_EQ(bytes.size(), 1498U + 51 + std::string_view("relay.example").size() + 32);
  const BytesView view(bytes);
  EXPECT_EQ(to_hex(view.first(15)),
            "0100"
            "02"
            "07000000"
            "204e0000"
            "2e4e0000");
  const auto at = [&](std::size_t offset, std::size_t size) {
    return to_hex(view.subspan(offset, size));
  };
  EXPECT_EQ(at(15, 32), to_hex(card.identity.view()));
  EXPECT_EQ(at(47, 32), to_hex(card.signing.view()));
  EXPECT_EQ(at(79, 4), "15000000");
  EXPECT_EQ(at(83, 32), to_hex(card.prekey.view()));
  EXPECT_EQ(at(115, 64), to_hex(card.prekey_signature.view()));
  EXPECT_EQ(at(179, 1158), to_hex(card.kem.view()));
  EXPECT_EQ(at(1337, 32), to_hex(card.charter.view()));
  EXPECT_EQ(at(1369, 1), "01");
  EXPECT_EQ(at(bytes.size() - 128, 64), to_hex(card.identity_proof.view()));
  EXPECT_EQ(at(bytes.size() - 64, 64), to_hex(card.signature.view()));
}

TEST(CardTest, TheLongestCardHasTheNamedLength) {
  CardIssuer issuer(3);
  CardOrder order = issuer.order();
  order.routes.clear();
  for (std::size_t i = 0; i < kMaxRoutes; ++i)
    order.routes.push_back(route_on(longest_host(), issuer.rng));
  EXPECT_EQ(issuer.issue(order).size(), kMaxCardBytes);
}

TEST(CardTest, ACardCutShortOrWithAByteMoreIsRefused) {
  CardIssuer issuer(4);
  Bytes bytes = issuer.issue(issuer.order());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(decode_card(BytesView(bytes).first(size)).has_value()) << size;
  bytes.push_back(0);
  EXPECT_EQ(decode_card(bytes).error().code, kMalformed);
}

TEST(CardTest, ZeroAndFourRoutesAndARouteTwiceAreRefused) {
  CardIssuer issuer(5);
  CardOrder order = issuer.order();
  const Route first = order.routes.front();
  order.routes.push_back(first);
  EXPECT_FALSE(issue_card(order, {issuer.identity.secret, &issuer.signing.secret}, issuer.rng));
  order.routes.clear();
  EXPECT_FALSE(issue_card(order, {issuer.identity.secret, &issuer.signing.secret}, issuer.rng));
  for (int i = 0; i < 4; ++i) order.routes.push_back(route_on("relay.example", issuer.rng));
  EXPECT_FALSE(issue_card(order, {issuer.identity.secret, &issuer.signing.secret}, issuer.rng));

  Bytes bytes = issuer.issue(issuer.order());
  for (const std::uint8_t count : Bytes{0, 2, 3, 4, 255}) {
    bytes[1369] = count;
    EXPECT_FALSE(decode_card(bytes).has_value()) << int{count};
  }
}

// PAI-2.2
TEST(CardTest, ACardIsNeverValidLongerThanItsKindAllows) {
  CardIssuer issuer(6);
  const std::vector<std::pair<CardKind, std::uint32_t>> longest{
      {CardKind::kPublic, 14}, {CardKind::kInvitation, 30}, {CardKind::kContact, 400}};
  for (const auto& [kind, days] : longest) {
    CardOrder order = issuer.order(kind);
    order.until = days_after(order.from, days);
    Bytes bytes = issuer.issue(order);
    EXPECT_TRUE(decode_card(bytes).has_value());
    ++bytes[11];  // until
    EXPECT_EQ(decode_card(bytes).error().code, kMalformed);
    order.until = days_before(order.from, 1);
    EXPECT_FALSE(issue_card(order, {issuer.identity.secret, &issuer.signing.secret}, issuer.rng));
  }
  CardOrder order = issuer.order();
  order.until = {0xFFFFFFFF};
  EXPECT_FALSE(issue_card(order, {issuer.identity.secret, &issuer.signing.secret}, issuer.rng));
}

// PAI-2.3
TEST(CardTest, AnotherVersionIsToldApartFromNonsense) {
  CardIssuer issuer(7);
  Bytes bytes = issuer.issue(issuer.order());
  bytes[0] = 2;
  EXPECT_EQ(decode_card(bytes).error().code, kUnsupportedVersion);
}

TEST(CardTest, AnUnknownKindIsRefused) {
  CardIssuer issuer(8);
  Bytes bytes = issuer.issue(issuer.order());
  for (const std::uint8_t kind : Bytes{0, 4, 255}) {
    bytes[2] = kind;
    EXPECT_EQ(decode_card(bytes).error().code, kMalformed);
  }
}

// PAI-2.4
TEST(CardTest, OnlyAContactCardMayLackASigningKey) {
  CardIssuer issuer(9);
  const Bytes bytes = issuer.issue_without_signing(issuer.order(CardKind::kContact));
  const Card card = decode_card(bytes).value();
  EXPECT_TRUE(card.signing.is_zero());
  EXPECT_TRUE(card.signature.is_zero());
  EXPECT_FALSE(card.identity_proof.is_zero());
  for (const CardKind kind : {CardKind::kPublic, CardKind::kInvitation})
    EXPECT_FALSE(issue_card(issuer.order(kind), {issuer.identity.secret, nullptr}, issuer.rng));
  Bytes dirty = bytes;
  dirty.back() = 1;
  EXPECT_EQ(decode_card(dirty).error().code, kMalformed);
}

// PAI-3.1
TEST(IssueCardTest, EveryCardHasKeysOfItsOwnThatBelongTogether) {
  SeededRng rng(11);
  CardKeyPairs first = make_card_keys(rng);
  const CardKeyPairs second = make_card_keys(rng);
  EXPECT_NE(first.prekey.public_key, second.prekey.public_key);
  EXPECT_NE(first.kem.public_key, second.kem.public_key);
  const PrekeyPublic prekey = first.prekey.public_key;
  const KemEncapsulation encapsulation = kem_encapsulate(first.kem.public_key, rng);
  const CardSecrets secrets = secrets_of(std::move(first));
  PrekeyPublic derived;
  x25519_public_of(secrets.prekey.expose(kExpose), derived.mutable_view());
  EXPECT_EQ(derived, prekey);
  const KemShared shared = kem_decapsulate(secrets.kem, encapsulation.ciphertext);
  EXPECT_TRUE(equal_in_constant_time(shared.expose(kExpose), encapsulation.shared.expose(kExpose)));
}

// PAI-3.3
TEST(IssueCardTest, ARestoredVaultLeapsOverTheNumbersItsOriginalMayHaveUsed) {
  EXPECT_EQ(number_after_restore(7), 65'543U);
  EXPECT_EQ(number_after_restore(0xFFFFFFF0), 0xFFFFFFFFU);
}

// PAI-2.5
TEST(CardTest, IdAndCommitmentAreHashesOfWhatTheyName) {
  CardIssuer issuer(10);
  const Bytes bytes = issuer.issue(issuer.order());
  CardId id;
  blake2b({}, {bytes}, id.mutable_view());
  EXPECT_EQ(card_id(bytes), id);
  IdentityCommitment commitment;
  blake2b({},
          {as_bytes("tocsin/1 commit"), issuer.identity.public_key.view(),
           issuer.signing.public_key.view()},
          commitment.mutable_view());
  EXPECT_EQ(commit_identity(issuer.identity.public_key, issuer.signing.public_key), commitment);
}

}  // namespace
}  // namespace tocsin

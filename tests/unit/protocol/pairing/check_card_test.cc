#include "protocol/pairing/check_card.h"

#include <gtest/gtest.h>

#include "protocol/codes.h"
#include "tests/support/card_issuer.h"

namespace tocsin {
namespace {

using testing_support::CardIssuer;

constexpr CardMoment kToday{{20'003}, Day{20'003}};

CardReason refusal_of(BytesView bytes, const CardPin& pin, const CardHistory& history = {},
                      const CardMoment& moment = kToday) {
  const auto checked = check_card(bytes, pin, history, moment);
  EXPECT_FALSE(checked.has_value());
  return checked.has_value() ? CardReason{} : checked.error().reason;
}

static_assert(!std::is_constructible_v<CheckedCard, Card, Bytes>);
static_assert(!std::is_default_constructible_v<CheckedCard>);

// PAI-4.1
TEST(CheckCardTest, AnHonestCardIsAcceptedAndSaysWhatToRemember) {
  CardIssuer issuer(1);
  const Bytes bytes = issuer.issue(issuer.order());
  const auto checked = check_card(bytes, issuer.pin(), {}, kToday);
  ASSERT_TRUE(checked.has_value());
  EXPECT_EQ(checked->id(), card_id(bytes));
  EXPECT_EQ(checked->bytes(), bytes);
  const CardKeys keys = keys_of(*checked);
  EXPECT_EQ(keys.card, card_id(bytes));
  EXPECT_EQ(keys.prekey, issuer.prekey.public_key);
  EXPECT_EQ(keys.kem, issuer.kem.public_key);
  // PAI-4.4
  EXPECT_EQ(checked->history().highest_number, 7U);
  EXPECT_EQ(checked->history().highest_version, 1U);
  EXPECT_EQ(checked->history().card_of_highest, card_id(bytes));
  EXPECT_TRUE(check_card(bytes, issuer.pin(), checked->history(), kToday).has_value());
}

TEST(CheckCardTest, AnyFlippedBitIsRefused) {
  CardIssuer issuer(2);
  const Bytes honest = issuer.issue(issuer.order());
  for (std::size_t i = 0; i < honest.size(); ++i) {
    Bytes bytes = honest;
    bytes[i] ^= static_cast<std::uint8_t>(1U << (i % 8));
    EXPECT_FALSE(check_card(bytes, issuer.pin(), {}, kToday).has_value()) << i;
  }
}

struct Field {
  const char* name;
  std::size_t offset;
  std::size_t size;
};
constexpr std::array<Field, 13> kFields{{{"kind", 2, 1},
                                         {"number", 3, 4},
                                         {"from", 7, 4},
                                         {"until", 11, 4},
                                         {"IK", 15, 32},
                                         {"SIG", 47, 32},
                                         {"spkId", 79, 4},
                                         {"SPK", 83, 32},
                                         {"spkSig", 115, 64},
                                         {"KEM", 179, 1158},
                                         {"charterId", 1337, 32},
                                         {"route", 1370, 96},
                                         {"idProof and sig", 1466, 128}}};

// Trap S5: what libsignal leaves unsigned or undated is covered here, field by field.
TEST(CheckCardTest, EveryFieldSwappedWithAnotherCardsIsRefused) {
  CardIssuer issuer(3);
  CardIssuer other(4);
  CardOrder elsewhere = other.order(CardKind::kPublic);
  elsewhere.number = 8;
  elsewhere.from = {20'001};
  elsewhere.until = {20'013};
  elsewhere.prekey_id = 22;
  const Bytes honest = issuer.issue(issuer.order());
  const Bytes foreign = other.issue(elsewhere);
  ASSERT_EQ(honest.size(), foreign.size());
  ASSERT_EQ(kFields.back().offset + kFields.back().size, honest.size());
  for (const Field& field : kFields) {
    Bytes bytes = honest;
    copy_exact(BytesView(foreign).subspan(field.offset, field.size),
               MutableBytes(bytes).subspan(field.offset, field.size));
    ASSERT_NE(bytes, honest) << field.name;
    EXPECT_FALSE(check_card(bytes, issuer.pin(), {}, kToday).has_value()) << field.name;
  }
}

TEST(CheckCardTest, EveryFieldStrippedToZeroIsRefused) {
  CardIssuer issuer(5);
  const Bytes honest = issuer.issue(issuer.order());
  for (const Field& field : kFields) {
    Bytes bytes = honest;
    wipe(MutableBytes(bytes).subspan(field.offset, field.size));
    EXPECT_FALSE(check_card(bytes, issuer.pin(), {}, kToday).has_value()) << field.name;
  }
}

// PAI-3.2
TEST(CheckCardTest, AThiefOfTheSigningKeyAloneCannotMintACard) {
  CardIssuer issuer(6);
  CardIssuer thief(7);
  Card card = decode_card(issuer.issue(issuer.order())).value();
  card.prekey = thief.prekey.public_key;
  card.prekey_signature = sign_prekey(thief.identity.secret, card.prekey, thief.rng).value();
  Bytes bytes = encode_card(card).value();
  const std::size_t signed_size = bytes.size() - Signature::kBytes;
  const Signature signature =
      sign(issuer.signing.secret, Label::kCardSignature, {BytesView(bytes).first(signed_size)});
  copy_exact(signature.view(), MutableBytes(bytes).subspan(signed_size));
  EXPECT_EQ(refusal_of(bytes, issuer.pin()), CardReason::kWrongPrekeySignature);
}

TEST(CheckCardTest, AThiefOfTheIdentityKeyAloneCannotMintACard) {
  CardIssuer issuer(8);
  CardIssuer thief(9);
  const Bytes bytes =
      issue_card(thief.order(), {issuer.identity.secret, &thief.signing.secret}, thief.rng).value();
  EXPECT_EQ(refusal_of(bytes, issuer.pin()), CardReason::kWrongIdentity);
}

TEST(CheckCardTest, AnIdentityProofForAnotherSigningKeyIsRefused) {
  CardIssuer issuer(10);
  Card card = decode_card(issuer.issue(issuer.order())).value();
  card.identity_proof =
      identity_sign(issuer.identity.secret, {Label::kIdentity, card.identity.view()}, issuer.rng)
          .value();
  EXPECT_EQ(refusal_of(encode_card(card).value(), issuer.pin()), CardReason::kWrongIdentityProof);
}

TEST(CheckCardTest, ALowOrderPrekeyAndAMissingKemKeyAreRefusedAlthoughSigned) {
  CardIssuer issuer(11);
  CardOrder order = issuer.order();
  order.prekey = {};
  EXPECT_EQ(refusal_of(issuer.issue(order), issuer.pin()), CardReason::kUnusableKey);
  order = issuer.order();
  order.prekey.mutable_view()[31] |= 0x80;  // the same point in another spelling
  EXPECT_EQ(refusal_of(issuer.issue(order), issuer.pin()), CardReason::kUnusableKey);
  order = issuer.order();
  order.kem = {};
  EXPECT_EQ(refusal_of(issuer.issue(order), issuer.pin()), CardReason::kNoKem);
}

TEST(CheckCardTest, AnotherKindOrIdentityThanTheLinkPromisesIsRefused) {
  CardIssuer issuer(12);
  CardIssuer other(13);
  const Bytes bytes = issuer.issue(issuer.order());
  EXPECT_EQ(refusal_of(bytes, issuer.pin(CardKind::kPublic)), CardReason::kWrongKind);
  EXPECT_EQ(refusal_of(bytes, other.pin()), CardReason::kWrongIdentity);
  EXPECT_EQ(refusal_of(Bytes{1, 0, 2}, issuer.pin()), CardReason::kNotACard);
}

// PAI-4.2
TEST(CheckCardTest, DaysAreWholeAndARefusalNamesThemAll) {
  CardIssuer issuer(14);
  const Bytes bytes = issuer.issue(issuer.order());  // 20,000 … 20,014
  const auto on = [&](std::uint32_t day) {
    return check_card(bytes, issuer.pin(), {}, {{day}, Day{20'005}});
  };
  EXPECT_TRUE(on(19'997).has_value());
  EXPECT_TRUE(on(20'014).has_value());
  ASSERT_FALSE(on(19'996).has_value());
  ASSERT_FALSE(on(20'015).has_value());
  const CardRefusal early = on(19'996).error();
  EXPECT_EQ(early.reason, CardReason::kNotYetValid);
  EXPECT_EQ(early.from, Day{20'000});
  EXPECT_EQ(early.until, Day{20'014});
  EXPECT_EQ(early.today, Day{19'996});
  EXPECT_EQ(early.relay_day, Day{20'005});
  EXPECT_EQ(on(20'015).error().reason, CardReason::kExpired);
  EXPECT_EQ(error_of(early).code, kBadCard);
  EXPECT_EQ(error_of(early).detail, static_cast<std::int64_t>(CardReason::kNotYetValid));
}

// PAI-4.3
TEST(CheckCardTest, AForgedOldCardIsCalledForgedNotOld) {
  CardIssuer issuer(15);
  Bytes bytes = issuer.issue(issuer.order());
  bytes.back() ^= 1;
  EXPECT_EQ(refusal_of(bytes, issuer.pin(), {}, {{30'000}, {}}), CardReason::kWrongSignature);
}

TEST(CheckCardTest, NumbersDoNotGoBackAndAreNotUsedTwice) {
  CardIssuer issuer(16);
  const Bytes seven = issuer.issue(issuer.order());
  CardPin pin = issuer.pin();
  pin.least_number = 8;
  EXPECT_EQ(refusal_of(seven, pin), CardReason::kNumberBelowLink);
  pin.least_number = 7;
  EXPECT_TRUE(check_card(seven, pin, {}, kToday).has_value());
  EXPECT_EQ(refusal_of(seven, pin, {1, 8, {}}), CardReason::kNumberRolledBack);

  const CardHistory seen = check_card(seven, pin, {}, kToday)->history();
  const Bytes other_seven = issuer.issue(issuer.order());
  EXPECT_EQ(refusal_of(other_seven, pin, seen), CardReason::kNumberReused);
  CardOrder next = issuer.order();
  next.number = 8;
  EXPECT_TRUE(check_card(issuer.issue(next), pin, seen, kToday).has_value());
}

TEST(CheckCardTest, VersionsDoNotGoBack) {
  CardIssuer issuer(17);
  Bytes bytes = issuer.issue(issuer.order());
  EXPECT_EQ(refusal_of(bytes, issuer.pin(), {2, 0, {}}), CardReason::kVersionRolledBack);
  bytes[0] = 2;
  EXPECT_EQ(refusal_of(bytes, issuer.pin()), CardReason::kLaterVersion);
  bytes[0] = 0;
  EXPECT_EQ(refusal_of(bytes, issuer.pin(), {1, 0, {}}), CardReason::kVersionRolledBack);
}

TEST(CheckCardTest, AContactCardWithoutSigningKeyFitsOnlyAContactWithoutOne) {
  CardIssuer issuer(18);
  const Bytes bytes = issuer.issue_without_signing(issuer.order(CardKind::kContact));
  EXPECT_TRUE(
      check_card(bytes, pin_of_contact(issuer.identity.public_key, {}), {}, kToday).has_value());
  EXPECT_EQ(
      refusal_of(bytes, pin_of_contact(issuer.identity.public_key, issuer.signing.public_key)),
      CardReason::kWrongIdentity);
}

}  // namespace
}  // namespace tocsin

#include "protocol/alert/verdict.h"

#include "tests/unit/protocol/alert/alert_world.h"

namespace tocsin {
namespace {

class VerdictTest : public AlertTest {
 protected:
  void expect(const Evaluation& shown, Verdict verdict, NotVerifiedReason reason) {
    EXPECT_EQ(shown.verdict, verdict);
    EXPECT_EQ(shown.reason, reason);
  }
  void expect_not_verified(const Evaluation& shown, NotVerifiedReason reason) {
    expect(shown, Verdict::kNotVerified, reason);
    EXPECT_FALSE(shown.remember.has_value() && reason != NotVerifiedReason::kConflict);
  }
  void rotate(std::initializer_list<std::size_t> who, Day on = AlertWorld::kToday) {
    const Charter next = world.successor(*world.chain, who, 2);
    ASSERT_TRUE(world.chain->accept(world.signed_charter(next, {0, 1}), on).has_value());
  }
  static constexpr Day kToday = AlertWorld::kToday;
};

// ALT-7.3
TEST_F(VerdictTest, KHoldersOfAConfirmedOrganisationAreAuthentic) {
  const Evaluation shown = world.show(world.message(world.body(), {0, 2}));
  expect(shown, Verdict::kAuthentic, NotVerifiedReason::kNone);
  EXPECT_EQ(shown.life, Life::kCurrent);
  EXPECT_EQ(shown.signers, 2U);
  EXPECT_EQ(shown.threshold, 2U);
  EXPECT_EQ(shown.holders, 3U);
  EXPECT_EQ(shown.signer_names, (std::vector<std::string>{"Amina", "Chloe"}));
  EXPECT_EQ(shown.first_verified, kToday);
}

// ALT-7.3, CHA-7.2
TEST_F(VerdictTest, AnUnconfirmedOrganisationIsSignedUntilTheUserConfirmsIt) {
  world.confirmed_by = ConfirmedBy::kNothing;
  const AlertMessage message = world.message(world.body(), {0, 1});
  expect(world.show(message), Verdict::kSignedUnconfirmed, NotVerifiedReason::kNone);
  world.confirmed_by = ConfirmedBy::kQrPicture;
  expect(world.show(message), Verdict::kAuthentic, NotVerifiedReason::kNone);
}

// ALT-7.5
TEST_F(VerdictTest, ASingleSignatureIsNotEnough) {
  const Evaluation shown = world.show(world.message(world.body(), {0}));
  expect_not_verified(shown, NotVerifiedReason::kTooFewSignatures);
  EXPECT_EQ(shown.signers, 1U);
  EXPECT_TRUE(shown.body.has_value());  // shown in full all the same
}

// ALT-7.5
TEST_F(VerdictTest, TheSameHolderTwiceCountsOnce) {
  expect_not_verified(world.show(world.message(world.body(), {1, 1, 1})),
                      NotVerifiedReason::kTooFewSignatures);
}

// ALT-7.5
TEST_F(VerdictTest, StrangersDoNotCount) {
  expect_not_verified(world.show(world.message(world.body(), {0, 5, 6, 7})),
                      NotVerifiedReason::kTooFewSignatures);
}

// ALT-7.6
TEST_F(VerdictTest, AOneOfOneCharterIsNeverAuthentic) {
  world.chain = std::make_unique<CharterChain>(world.found(world.charter({4}, 1), {4}));
  expect_not_verified(world.show(world.message(world.body(), {4})),
                      NotVerifiedReason::kSingleSigner);
}

// ALT-7.6
TEST_F(VerdictTest, AOneOfThreeCharterIsNotEitherHoweverManySigned) {
  world.chain = std::make_unique<CharterChain>(world.found(world.charter({0, 1, 2}, 1), {0}));
  expect_not_verified(world.show(world.message(world.body(), {0, 1, 2})),
                      NotVerifiedReason::kSingleSigner);
}

// ALT-7.6
TEST_F(VerdictTest, LoweringTheThresholdToOneEndsAuthenticAlertsOfTheOldCharterToo) {
  const AlertMessage message = world.message(world.body(), {0, 1});
  const Charter lowered = world.successor(*world.chain, {0, 1, 2}, 1);
  ASSERT_TRUE(world.chain->accept(world.signed_charter(lowered, {0, 1}), kToday).has_value());
  expect_not_verified(world.show(message), NotVerifiedReason::kSingleSigner);
}

// ALT-7.1
TEST_F(VerdictTest, ATamperedBodyIsNotVerified) {
  AlertBody body = world.body();
  AlertMessage message = world.message(body, {0, 1});
  body.level = AlertLevel::kTargeted;
  message.envelope.body = encode_alert_body(body).value();
  expect_not_verified(world.show(message), NotVerifiedReason::kAltered);
}

// ALT-7.1
TEST_F(VerdictTest, EverySingleFlippedBitOfBodyOrNonceIsNotVerified) {
  const AlertMessage message = world.message(world.body(), {0, 1});
  for (std::size_t i = 0; i < message.envelope.body.size() + RecipientNonce::kBytes; ++i) {
    AlertMessage changed = message;
    if (i < message.envelope.body.size())
      changed.envelope.body[i] ^= 0x04;
    else
      changed.nonce.mutable_view()[i - message.envelope.body.size()] ^= 0x04;
    EXPECT_EQ(world.show(changed).verdict, Verdict::kNotVerified) << i;
  }
  EXPECT_TRUE(world.history.empty());
}

// ALT-7.1
TEST_F(VerdictTest, AnUnreadableBodyIsNotVerifiedEvenWhenSigned) {
  AlertMessage message = world.message(world.body(), {0, 1});
  message.envelope =
      world.signed_document(DocumentKind::kAlert, to_bytes(as_bytes("hello")), {0, 1});
  const Evaluation shown = world.show(message);
  expect_not_verified(shown, NotVerifiedReason::kUnreadable);
  EXPECT_FALSE(shown.body.has_value());
}

// ALT-7.2
TEST_F(VerdictTest, AnAlertPassedOnToSomebodyElseIsNotVerified) {
  const AlertMessage message = world.message(world.body(), {0, 1});
  world.target = world.rng.draw<IdentityPublic>();
  expect_not_verified(world.show(message), NotVerifiedReason::kNotForThisPerson);
}

// ALT-7.3
TEST_F(VerdictTest, AnOrganisationThatIsNotKnownIsNotVerified) {
  const CharterChain other = world.found(world.charter({3, 4, 5}, 2), {3, 4});
  const Evaluation shown = world.show(world.message(world.body_under(other), {3, 4}));
  expect_not_verified(shown, NotVerifiedReason::kUnknownOrganisation);
  EXPECT_FALSE(shown.organisation.has_value());
}

// ALT-7.4
TEST_F(VerdictTest, ACharterThatHasNotArrivedYetIsNamedAndHealsWhenItDoes) {
  CharterChain ahead = *world.chain;
  const Dsse next = world.signed_charter(world.successor(ahead, {0, 1, 3}, 2), {0, 1});
  ASSERT_TRUE(ahead.accept(next, kToday).has_value());
  const AlertMessage message = world.message(world.body_under(ahead), {0, 3});
  expect_not_verified(world.show(message), NotVerifiedReason::kUnknownCharter);
  ASSERT_TRUE(world.chain->accept(next, kToday).has_value());
  expect(world.show(message), Verdict::kAuthentic, NotVerifiedReason::kNone);
}

// ALT-7.4
TEST_F(VerdictTest, ThePreviousCharterCountsForFourteenDaysAndTheOneBeforeNot) {
  const AlertMessage message = world.message(world.body(), {0, 1});
  rotate({0, 1, 3});
  EXPECT_EQ(world.show(message, days_after(kToday, 15)).reason, NotVerifiedReason::kCharterTooOld);
  EXPECT_EQ(world.show(message, days_after(kToday, 14)).verdict, Verdict::kAuthentic);
  world.history.clear();
  rotate({0, 1, 4});
  EXPECT_EQ(world.show(message).reason, NotVerifiedReason::kCharterTooOld);
}

// ALT-7.4
TEST_F(VerdictTest, TheVersionMustBeThatOfTheNamedCharter) {
  AlertBody body = world.body();
  body.charter_version = 7;
  expect_not_verified(world.show(world.message(body, {0, 1})), NotVerifiedReason::kUnknownCharter);
}

// ALT-7.5
TEST_F(VerdictTest, ASignerWhoLeftBeforeTheFirstLookDoesNotCount) {
  const AlertMessage message = world.message(world.body(), {0, 2});
  rotate({0, 1, 3});
  expect_not_verified(world.show(message), NotVerifiedReason::kSignerRemoved);
  EXPECT_EQ(world.show(world.message(world.body(), {0, 3})).verdict, Verdict::kAuthentic);
}

// ALT-7.7
TEST_F(VerdictTest, WhatWasAuthenticStaysSoAndNamesWhoLeftSince) {
  const AlertMessage message = world.message(world.body(), {0, 2});
  expect(world.show(message), Verdict::kAuthentic, NotVerifiedReason::kNone);
  rotate({0, 1, 3}, days_after(kToday, 3));
  const Evaluation later = world.show(message, days_after(kToday, 40));
  expect(later, Verdict::kAuthentic, NotVerifiedReason::kNone);
  EXPECT_EQ(later.removed_since, (std::vector<std::string>{"Chloe"}));
  EXPECT_EQ(later.first_verified, kToday);
  EXPECT_FALSE(later.remember.has_value());
  EXPECT_EQ(world.history.size(), 1U);
}

// ALT-7.8
TEST_F(VerdictTest, TwoFullySignedBodiesOfOneNumberAreBothNotVerified) {
  AlertBody first = world.body();
  AlertBody second = first;
  second.level = AlertLevel::kAttempted;
  expect(world.show(world.message(first, {0, 1})), Verdict::kAuthentic, NotVerifiedReason::kNone);
  expect(world.show(world.message(second, {1, 2})), Verdict::kNotVerified,
         NotVerifiedReason::kConflict);
  expect(world.show(world.message(first, {0, 1})), Verdict::kNotVerified,
         NotVerifiedReason::kConflict);
}

// ALT-7.8
TEST_F(VerdictTest, ABodyBelowKChangesNothingOfAnother) {
  AlertBody first = world.body();
  AlertBody second = first;
  second.text = "all is well";
  expect(world.show(world.message(first, {0, 1})), Verdict::kAuthentic, NotVerifiedReason::kNone);
  expect_not_verified(world.show(world.message(second, {2})), NotVerifiedReason::kTooFewSignatures);
  expect(world.show(world.message(first, {0, 1})), Verdict::kAuthentic, NotVerifiedReason::kNone);
}

// ALT-7.8
TEST_F(VerdictTest, TheSameBodyWithOtherSignersIsNoConflict) {
  const AlertBody body = world.body();
  world.show(world.message(body, {0, 1}));
  expect(world.show(world.message(body, {1, 2})), Verdict::kAuthentic, NotVerifiedReason::kNone);
}

// ALT-8.1
TEST_F(VerdictTest, AWithdrawalTakesAnAlertBack) {
  const AlertBody body = world.body();
  const AlertMessage message = world.message(body, {0, 1});
  EXPECT_EQ(world.show(message).life, Life::kCurrent);
  const Evaluation withdrawal = world.show(world.message(world.withdrawal_of(body), {1, 2}));
  EXPECT_EQ(withdrawal.verdict, Verdict::kAuthentic);
  EXPECT_EQ(withdrawal.life, Life::kCurrent);
  const Evaluation after = world.show(message);
  EXPECT_EQ(after.life, Life::kWithdrawn);
  EXPECT_EQ(after.verdict, Verdict::kAuthentic);
  EXPECT_TRUE(after.body.has_value());
}

// ALT-8.1
TEST_F(VerdictTest, AWithdrawalThatComesFirstIsATombstone) {
  const AlertBody body = world.body();
  world.show(world.message(world.withdrawal_of(body), {0, 1}));
  EXPECT_EQ(world.show(world.message(body, {0, 1})).life, Life::kWithdrawn);
}

// ALT-8.1
TEST_F(VerdictTest, AWithdrawalBelowKOrOfAnotherOrganisationTakesNothingBack) {
  const AlertBody body = world.body();
  world.show(world.message(world.withdrawal_of(body), {0}));
  EXPECT_EQ(world.show(world.message(body, {0, 1})).life, Life::kCurrent);

  const CharterChain other = world.found(world.charter({3, 4, 5}, 2), {3, 4});
  AlertBody foreign = world.withdrawal_of(body);
  foreign.charter_id = other.id();
  foreign.charter_hash = other.newest().hash;
  const std::vector<KnownOrganisation> both{{world.chain.get(), ConfirmedBy::kFile, kToday, ""},
                                            {&other, ConfirmedBy::kFile, kToday, ""}};
  const AlertMessage foreign_message = world.message(foreign, {3, 4});
  const Evaluation shown = evaluate({foreign_message, both, world.target, world.history, kToday});
  EXPECT_EQ(shown.verdict, Verdict::kAuthentic);
  world.history.push_back(shown.remember.value());
  EXPECT_EQ(world.show(world.message(body, {0, 1})).life, Life::kCurrent);
}

// ALT-8.1
TEST_F(VerdictTest, AWithdrawalInConflictTakesNothingBackAndNoneCanBeWithdrawn) {
  const AlertBody body = world.body();
  AlertBody withdrawal = world.withdrawal_of(body);
  world.show(world.message(withdrawal, {0, 1}));
  AlertBody twin = withdrawal;
  twin.text = "another text";
  world.show(world.message(twin, {0, 1}));
  EXPECT_EQ(world.show(world.message(body, {0, 1})).life, Life::kCurrent);

  const AlertBody second = world.withdrawal_of(body);
  world.show(world.message(second, {0, 1}));
  world.show(world.message(world.withdrawal_of(second), {0, 1}));
  EXPECT_EQ(world.show(world.message(second, {0, 1})).life, Life::kCurrent);
  EXPECT_EQ(world.show(world.message(body, {0, 1})).life, Life::kWithdrawn);
}

// ALT-8.2
TEST_F(VerdictTest, AnAlertExpiresAfterItsLastDayAndWithdrawnWins) {
  const AlertBody body = world.body();
  const AlertMessage message = world.message(body, {0, 1});
  EXPECT_EQ(world.show(message, body.valid_until).life, Life::kCurrent);
  const Evaluation expired = world.show(message, days_after(body.valid_until, 1));
  EXPECT_EQ(expired.life, Life::kExpired);
  EXPECT_EQ(expired.verdict, Verdict::kAuthentic);
  world.show(world.message(world.withdrawal_of(body), {0, 1}));
  EXPECT_EQ(world.show(message, days_after(body.valid_until, 1)).life, Life::kWithdrawn);
}

// ALT-8.3
TEST_F(VerdictTest, AWrongClockNeverHidesAnything) {
  const AlertMessage message = world.message(world.body(), {0, 1});
  for (const Day today : {Day{0}, Day{1}, Day{0xFFFFFFFF}}) {
    world.history.clear();
    const Evaluation shown = world.show(message, today);
    EXPECT_TRUE(shown.body.has_value());
    EXPECT_EQ(shown.verdict, Verdict::kAuthentic);
  }
}

// ALT-8.4
TEST_F(VerdictTest, AReplacedAlertNamesItsSuccessor) {
  const AlertBody first = world.body();
  AlertBody second = world.body();
  second.supersedes = first.id;
  world.show(world.message(second, {0}));
  EXPECT_FALSE(world.show(world.message(first, {0, 1})).superseded_by.has_value());
  world.show(world.message(second, {0, 1}));
  EXPECT_EQ(world.show(world.message(first, {0, 1})).superseded_by, second.id);
}

// ALT-7.9
TEST_F(VerdictTest, TheRecordOfAFirstVerdictSurvivesStorage) {
  const AlertBody body = world.body();
  world.show(world.message(body, {0, 1}));
  world.show(world.message(world.withdrawal_of(body), {0, 2}));
  ASSERT_EQ(world.history.size(), 2U);
  for (const FirstVerdict& record : world.history) {
    const Bytes bytes = encode_first_verdict(record);
    EXPECT_EQ(decode_first_verdict(bytes).value(), record);
    for (std::size_t length = 0; length < bytes.size(); ++length)
      EXPECT_FALSE(decode_first_verdict(BytesView(bytes).first(length)).has_value());
  }
}

// ALT-7.8
TEST_F(VerdictTest, EveryOrderOfArrivalEndsInTheSameState) {
  const AlertBody body = world.body();
  AlertBody twin = body;
  twin.text = "other words";
  const AlertBody other = world.body();
  std::vector<AlertMessage> messages{
      world.message(body, {0, 1}), world.message(twin, {1, 2}), world.message(other, {0, 2}),
      world.message(world.withdrawal_of(other), {0, 1}), world.message(other, {2})};
  std::vector<std::size_t> order{0, 1, 2, 3, 4};
  do {
    world.history.clear();
    for (const std::size_t i : order) world.show(messages[i]);
    EXPECT_EQ(world.show(messages[0]).reason, NotVerifiedReason::kConflict);
    EXPECT_EQ(world.show(messages[1]).reason, NotVerifiedReason::kConflict);
    EXPECT_EQ(world.show(messages[2]).verdict, Verdict::kAuthentic);
    EXPECT_EQ(world.show(messages[2]).life, Life::kWithdrawn);
  } while (std::ranges::next_permutation(order).found);
}

}  // namespace
}  // namespace tocsin

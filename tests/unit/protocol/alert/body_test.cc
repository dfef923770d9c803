#include "protocol/alert/body.h"

#include "protocol/alert/answer.h"
#include "tests/unit/protocol/alert/alert_world.h"

namespace tocsin {
namespace {

class BodyTest : public AlertTest {
 protected:
  Code encoding(const std::function<void(AlertBody&)>& change) {
    AlertBody body = world.body();
    change(body);
    return code_of(encode_alert_body(body));
  }
};

// ALT-2.1
TEST_F(BodyTest, BytesReturnTheBodyTheyWereMadeFrom) {
  const AlertBody body = world.body();
  const AlertBody withdrawal = world.withdrawal_of(body);
  for (const AlertBody& one : {body, withdrawal}) {
    const Bytes bytes = encode_alert_body(one).value();
    EXPECT_EQ(decode_alert_body(bytes).value(), one);
  }
}

// ALT-5.1
TEST_F(BodyTest, WhatDecodesEncodesToTheSameBytes) {
  const Bytes bytes = encode_alert_body(world.body()).value();
  for (std::size_t length = 0; length < bytes.size(); ++length)
    EXPECT_FALSE(decode_alert_body(BytesView(bytes).first(length)).has_value());
  SeededRng rng(7);
  for (int round = 0; round < 20'000; ++round) {
    Bytes changed = bytes;
    for (std::uint32_t flips = 1 + rng.below(3); flips > 0; --flips)
      changed[rng.below(static_cast<std::uint32_t>(changed.size()))] ^=
          static_cast<std::uint8_t>(1U << rng.below(8));
    const auto decoded = decode_alert_body(changed);
    if (decoded.has_value()) {
      EXPECT_EQ(encode_alert_body(*decoded).value(), changed);
    }
  }
}

// ALT-2.3
TEST_F(BodyTest, TheLargestAlertFitsFourCells) {
  AlertBody body = world.body();
  body.basis = {Basis::kTracesOnDevice, Basis::kMessageAnalysed, Basis::kNetworkTraffic,
                Basis::kProviderNotice, Basis::kLeakedList,      Basis::kOtherEvidence};
  body.do_first.clear();
  body.do_not.clear();
  for (std::uint16_t i = 0; i < kMaxSteps; ++i) {
    body.do_first.push_back(
        {static_cast<std::uint16_t>(kFirstDoFirst + i), std::string(kMaxStepText, 'a')});
    body.do_not.push_back(
        {static_cast<std::uint16_t>(kFirstDoNot + i), std::string(kMaxStepText, 'b')});
  }
  body.page_languages.assign(kMaxPageLanguages, language("en"));
  body.family = std::string(kMaxFamilyText, 'f');
  body.device = std::string(kMaxDeviceText, 'd');
  body.call = std::string(kMaxCallText, 'c');
  body.text = std::string(kMaxFreeText, 't');
  EXPECT_EQ(encode_alert_body(body).value().size(), kMaxAlertBody);
  const AlertMessage message = world.message(body, {0, 1, 2, 3, 4, 5, 6, 7});
  const Bytes bytes = encode_alert_message(message).value();
  EXPECT_EQ(bytes.size(), kMaxAlertMessage);
  EXPECT_EQ(bytes.size() + kMessagePrefixBytes, 4U * 1423U);
  EXPECT_EQ(decode_alert_message(bytes).value(), message);
  body.text += 't';
  EXPECT_EQ(code_of(encode_alert_body(body)), kTooLarge);
}

// ALT-2.3, CHA-2.2: the numbers that the specification prints.
static_assert(kMaxAlertMessage == 5680 && kMaxAlertBody == 5064 && kMaxFreeText == 1172);
static_assert(kMaxCharterBody == 1916);

// ALT-2.2
TEST_F(BodyTest, AMessageIsTheNonceAndTheEnvelopeAndNothingElse) {
  const AlertMessage message = world.message(world.body(), {0, 1});
  Bytes bytes = encode_alert_message(message).value();
  EXPECT_EQ(decode_alert_message(bytes).value(), message);
  bytes.push_back(0);
  EXPECT_FALSE(decode_alert_message(bytes).has_value());
  bytes.resize(kMaxAlertMessage + 1);
  EXPECT_EQ(code_of(decode_alert_message(bytes)), kTooLarge);
  EXPECT_FALSE(decode_alert_message({}).has_value());
}

// ALT-2.4
TEST_F(BodyTest, TheRecipientIsBoundByKeyAndNonce) {
  const RecipientDigest digest = recipient_digest(world.nonce, world.target);
  RecipientNonce other_nonce = world.nonce;
  other_nonce.mutable_view()[31] ^= 1;
  IdentityPublic other = world.target;
  other.mutable_view()[0] ^= 1;
  EXPECT_NE(recipient_digest(other_nonce, world.target), digest);
  EXPECT_NE(recipient_digest(world.nonce, other), digest);
}

// ALT-3.1
TEST_F(BodyTest, OnlyANotificationStatesALevelAndItStatesEverything) {
  EXPECT_EQ(encoding([](AlertBody& b) { b.level = AlertLevel::kNone; }), kForbiddenValue);
  EXPECT_EQ(encoding([](AlertBody& b) { b.confidence = Confidence::kNone; }), kForbiddenValue);
  EXPECT_EQ(encoding([](AlertBody& b) { b.basis.clear(); }), kForbiddenValue);
  EXPECT_EQ(encoding([](AlertBody& b) { b.device.clear(); }), kForbiddenValue);
  EXPECT_EQ(encoding([](AlertBody& b) { b.do_first.clear(); }), kForbiddenValue);
  EXPECT_EQ(encoding([](AlertBody& b) { b.kind = AlertKind::kAdvisory; }), kForbiddenValue);
  EXPECT_EQ(encoding([](AlertBody& b) { b.kind = static_cast<AlertKind>(5); }), kForbiddenValue);
  EXPECT_EQ(encoding([](AlertBody& b) { b.level = static_cast<AlertLevel>(4); }), kForbiddenValue);
  EXPECT_EQ(encoding([](AlertBody& b) { std::swap(b.basis[0], b.basis[1]); }), kForbiddenValue);
}

// ALT-3.2
TEST_F(BodyTest, ReferencesAreWholeAndNeverToItself) {
  EXPECT_EQ(encoding([](AlertBody& b) { b.id = {}; }), kForbiddenValue);
  EXPECT_EQ(encoding([](AlertBody& b) { b.recipient = {}; }), kForbiddenValue);
  EXPECT_EQ(encoding([](AlertBody& b) { b.charter_version = 0; }), kForbiddenValue);
  EXPECT_EQ(encoding([](AlertBody& b) { b.supersedes = b.id; }), kForbiddenValue);
  EXPECT_EQ(encoding([this](AlertBody& b) { b.withdraws = world.rng.draw<AlertId>(); }),
            kForbiddenValue);
  EXPECT_EQ(encoding([this](AlertBody& b) { b = world.withdrawal_of(b), b.withdraws.reset(); }),
            kForbiddenValue);
  EXPECT_EQ(encoding([this](AlertBody& b) { b = world.withdrawal_of(b), b.withdraws = b.id; }),
            kForbiddenValue);
}

// ALT-3.3
TEST_F(BodyTest, DaysAreInOrderAndBounded) {
  EXPECT_EQ(encoding([](AlertBody& b) { b.valid_until = days_before(b.issued, 1); }),
            kForbiddenValue);
  EXPECT_EQ(encoding([](AlertBody& b) { b.valid_until = days_after(b.issued, kMaxValidDays); }),
            Code{});
  EXPECT_EQ(encoding([](AlertBody& b) { b.valid_until = days_after(b.issued, kMaxValidDays + 1); }),
            kForbiddenValue);
  EXPECT_EQ(encoding([](AlertBody& b) { std::swap(b.window_from, b.window_until); }),
            kForbiddenValue);
  EXPECT_EQ(encoding([](AlertBody& b) { b.window_from = Day{}; }), kForbiddenValue);
  EXPECT_EQ(encoding([](AlertBody& b) { b.window_from = b.window_until = Day{}; }), Code{});
  EXPECT_EQ(encoding([](AlertBody& b) { b.window_until = days_after(b.issued, 2); }),
            kForbiddenValue);
}

// ALT-3.4
TEST_F(BodyTest, StepsComeFromTheirOwnRangeOnceEach) {
  EXPECT_EQ(encoding([](AlertBody& b) { b.do_first[0] = step_of(Phrase::kDontReset); }),
            kForbiddenValue);
  EXPECT_EQ(encoding([](AlertBody& b) { b.do_not[1] = b.do_not[0]; }), kForbiddenValue);
  EXPECT_EQ(encoding([](AlertBody& b) { b.do_not[0].text.clear(); }), kForbiddenValue);
  EXPECT_EQ(encoding([](AlertBody& b) { b.do_not[0].text = "see www.x"; }), kNotPlainText);
  EXPECT_EQ(encoding([](AlertBody& b) { b.do_not[0].text = std::string(kMaxStepText + 1, 'x'); }),
            kTooLarge);
}

// ALT-3.5
TEST_F(BodyTest, TextsArePlainAndLanguagesAreNamed) {
  EXPECT_EQ(encoding([](AlertBody& b) { b.text = "call now\u202e"; }), kNotPlainText);
  EXPECT_EQ(encoding([](AlertBody& b) { b.device = "two\nlines"; }), kNotPlainText);
  EXPECT_EQ(encoding([](AlertBody& b) { b.call = "help.example"; }), kNotPlainText);
  EXPECT_EQ(encoding([](AlertBody& b) { b.text_language = {}; }), kMalformed);
  EXPECT_EQ(encoding([](AlertBody& b) { b.page_languages.clear(); }), kForbiddenValue);
  EXPECT_EQ(encoding([](AlertBody& b) { b.page_languages.assign(5, language("en")); }),
            kForbiddenValue);
}

// ALT-10.1
TEST_F(BodyTest, AnAnswerReturnsWhatItWasMadeFrom) {
  const AlertAnswer answer{AlertAnswerKind::kAcknowledged, world.rng.draw<MessageId>(),
                           world.rng.draw<AlertId>()};
  Bytes bytes = encode_alert_answer(answer);
  EXPECT_EQ(decode_alert_answer(bytes).value(), answer);
  for (std::size_t length = 0; length < bytes.size(); ++length)
    EXPECT_FALSE(decode_alert_answer(BytesView(bytes).first(length)).has_value());
  bytes[1] = 2;
  EXPECT_EQ(code_of(decode_alert_answer(bytes)), kMalformed);
  bytes[0] = 2;
  EXPECT_EQ(code_of(decode_alert_answer(bytes)), kUnsupportedVersion);
}

}  // namespace
}  // namespace tocsin

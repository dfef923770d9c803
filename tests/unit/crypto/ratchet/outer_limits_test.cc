// The bounds at their limits.
#include <gtest/gtest.h>

#include "crypto/ratchet/chain.h"
#include "crypto/ratchet/session_state.h"
#include "tests/support/ratchet_people.h"

namespace tocsin {
namespace {

using namespace testing_support;

// As if `end` had sealed until `sent` messages of its epoch are behind it.
void pretend_sent(End& end, std::uint32_t sent) {
  Sending& sending = *state_of(end.session()).sending;
  sending.chain = walk(sending.chain, {sending.epoch, sending.sent}, sent).chain;
  sending.sent = sent;
}

class OuterLimitsTest : public ::testing::Test {
 protected:
  SeededRng rng_{99};
  std::unique_ptr<Pair> pair_ = make_talking_pair(rng_);
  End& a_ = *pair_->a;
  End& b_ = *pair_->b;
};

// SES-3.2
TEST_F(OuterLimitsTest, ASenderStopsAtKMaxEpochSends) {
  pretend_sent(b_, kMaxEpochSends - 1);
  const Envelope last = b_.seal("the last");
  EXPECT_EQ(b_.try_seal("one more").error().code, kPeerSilent);
  const OpenOutcome outcome = a_.open(last);
  EXPECT_EQ(text_of(outcome), "the last");
  EXPECT_EQ(std::get<Opened>(outcome).lost, kMaxEpochSends - 2 - kMaxSkip);
  EXPECT_EQ(text_of(b_.open(a_.seal("heard"))), "heard");
}

// SES-3.2
TEST_F(OuterLimitsTest, AnEntitledSenderTurnsInsteadOfStopping) {
  pretend_sent(a_, kMaxEpochSends);
  EXPECT_EQ(text_of(b_.open(a_.seal("turned"))), "turned");
  EXPECT_EQ(a_.last_number.epoch, Epoch{2});
}

// SES-3.3, SES-7.9: a relay drops one direction until the sender stops, then delivers one cell.
TEST_F(OuterLimitsTest, TheLastCellBeforePeerSilentRevivesTheSession) {
  Envelope last;
  std::uint32_t sent = 0;
  for (;; ++sent) {
    const auto sealed = b_.try_seal("unheard");
    if (!sealed) {
      EXPECT_EQ(sealed.error().code, kPeerSilent);
      break;
    }
    last = sealed->copies.front();
  }
  EXPECT_GE(sent, kMaxInner - 1);
  EXPECT_LE(sent, kMaxInner);
  EXPECT_EQ(text_of(a_.open(last)), "unheard");
  EXPECT_EQ(text_of(b_.open(a_.seal("heard"))), "heard");
  EXPECT_EQ(text_of(a_.open(b_.seal("alive"))), "alive");
}

// SES-3.3, SES-7.9: everything arrives, but the reader says nothing.
TEST_F(OuterLimitsTest, ASilentReaderLosesNothingUntilPeerSilent) {
  std::uint32_t opened = 0;
  for (;; ++opened) {
    const auto sealed = a_.try_seal("monologue");
    if (!sealed) break;
    ASSERT_EQ(text_of(b_.open(sealed->copies.front())), "monologue");
  }
  EXPECT_GE(opened, kMaxInner - 2);
  EXPECT_EQ(a_.try_seal("again").error().code, kPeerSilent);
  EXPECT_EQ(text_of(a_.open(b_.seal("at last"))), "at last");
  EXPECT_EQ(text_of(b_.open(a_.seal("revived"))), "revived");
}

// SES-3.4, FCT-7.3
TEST_F(OuterLimitsTest, BeforeTheFirstAnswerAnInitiatorSendsFifteenEnvelopes) {
  auto fresh = make_pair_of_ends(rng_);
  std::vector<Envelope> envelopes;
  for (std::uint32_t i = 0; i < kMaxUnconfirmedSends; ++i)
    envelopes.push_back(fresh->a->seal("hello?"));
  EXPECT_EQ(fresh->a->try_seal("hello??").error().code, kPeerSilent);
  for (auto envelope = envelopes.rbegin(); envelope != envelopes.rend(); ++envelope)
    EXPECT_EQ(text_of(fresh->b->open(*envelope)), "hello?");
  EXPECT_EQ(text_of(fresh->a->open(fresh->b->seal("yes"))), "yes");
  EXPECT_EQ(text_of(fresh->b->open(fresh->a->seal("good"))), "good");
}

// SES-9.1: of a gap of 300 the last 256 open, and the user hears of 44 lost ones.
TEST_F(OuterLimitsTest, AGapKeepsItsLastKeysAndReportsTheRest) {
  std::vector<Envelope> gap;
  for (int i = 0; i < 300; ++i) gap.push_back(b_.seal("gap " + std::to_string(i)));
  const OpenOutcome after = a_.open(b_.seal("after"));
  EXPECT_EQ(text_of(after), "after");
  EXPECT_EQ(std::get<Opened>(after).lost, 300 - kMaxSkip);
  EXPECT_EQ(name_of(a_.open(gap[43])), "Unopenable message-key");
  EXPECT_EQ(text_of(a_.open(gap[44])), "gap 44");
  EXPECT_EQ(text_of(a_.open(gap[299])), "gap 299");
}

class OldEpochsTest : public OuterLimitsTest {
 protected:
  // A full round: both turn.
  void round() {
    a_.since_unlock = b_.since_unlock = SinceUnlock::kFirstSeal;
    ASSERT_EQ(text_of(b_.open(a_.seal("a"))), "a");
    ASSERT_EQ(text_of(a_.open(b_.seal("b"))), "b");
  }
};

// SES-9.5
TEST_F(OldEpochsTest, ADuplicateIsKnownInTheLastEightEpochsOnly) {
  const auto sealed = a_.try_seal("seen", 2);
  EXPECT_EQ(text_of(b_.open(sealed->copies[0])), "seen");
  for (std::size_t i = 0; i < kOldEpochs; ++i) round();
  EXPECT_EQ(name_of(b_.open(sealed->copies[1])), "Duplicate");
  round();
  const auto again = b_.session().open(sealed->copies[1], {pair_->bob.inner(), rng_, b_.day});
  EXPECT_EQ(name_of(again), "Unopenable no-key");
  EXPECT_EQ(state_of(b_.session()).old.size(), kOldEpochs);
}

// SES-9.5: an epoch with keys still to come stays longer.
TEST_F(OldEpochsTest, AnOvertakenMessageOpensManyEpochsLater) {
  const Envelope late = a_.seal("late");
  for (std::size_t i = 0; i < kOldEpochs + 3; ++i) round();
  EXPECT_EQ(state_of(b_.session()).old.size(), kOldEpochs + 1);
  // Its outer key is kept here, and the chain libsignal has forgotten by the wall (INN-5.3).
  EXPECT_EQ(text_of(b_.open(late)), "late");
}

// SES-9.5
TEST_F(OldEpochsTest, AnOvertakenMessageOpensWhileLibsignalKeepsItsChain) {
  const Envelope late = a_.seal("late");
  for (std::size_t i = 0; i < kInnerReceivingChains - 1; ++i) round();
  EXPECT_EQ(text_of(b_.open(late)), "late");
}

// SES-9.5
TEST_F(OldEpochsTest, AtMostThirtyTwoOldEpochsWithKeysAreKept) {
  for (std::size_t i = 0; i < kOldEpochs + kOldWithSkips + 5; ++i) {
    (void)a_.seal("never delivered");
    round();
  }
  EXPECT_EQ(state_of(b_.session()).old.size(), kOldEpochs + kOldWithSkips);
}

// SES-9.4
TEST_F(OldEpochsTest, AfterTheHorizonNothingOldRemains) {
  const Envelope late = a_.seal("late");
  round();
  EXPECT_FALSE(b_.session().forget(days_after(b_.day, kHorizonDays)));
  EXPECT_TRUE(b_.session().recognises(late));
  EXPECT_TRUE(b_.session().forget(days_after(b_.day, kHorizonDays + 1)));
  EXPECT_EQ(state_of(b_.session()).memory.skipped_count(), 0U);
  EXPECT_EQ(state_of(b_.session()).memory.used_count(), 0U);
  EXPECT_TRUE(state_of(b_.session()).old.empty());
  EXPECT_EQ(name_of(b_.open(late)), "Unopenable no-key");
  EXPECT_FALSE(b_.session().forget(days_after(b_.day, kHorizonDays + 1)));
}

// SES-10.1, SES-10.2
TEST_F(OuterLimitsTest, AStoredRowIsExactAndStrict) {
  (void)a_.seal("skipped");
  EXPECT_EQ(text_of(b_.open(a_.seal("x"))), "x");
  const SecretBytes row = b_.session().encode();
  const BytesView bytes = row.expose(kExpose);
  const auto back = Session::decode(bytes);
  ASSERT_TRUE(back);
  EXPECT_EQ(to_bytes(back->encode().expose(kExpose)), to_bytes(bytes));
  for (std::size_t length = 0; length < bytes.size(); length += 7)
    EXPECT_FALSE(Session::decode(bytes.first(length))) << length;
  Bytes longer = to_bytes(bytes);
  longer.push_back(0);
  EXPECT_FALSE(Session::decode(longer));
  Bytes newer = to_bytes(bytes);
  newer[0] = 2;
  EXPECT_EQ(Session::decode(newer).error().code, kTooNew);
  Bytes role = to_bytes(bytes);
  role[1] = 0;  // the responder's state under the initiator's role
  EXPECT_FALSE(Session::decode(role));
}

// SES-10.2: whatever a damaged row holds, it is refused or it is a state that encodes to itself.
TEST_F(OuterLimitsTest, ADamagedRowNeverBecomesAnotherRow) {
  const SecretBytes row = a_.session().encode();
  for (std::size_t place = 0; place < row.size(); ++place) {
    Bytes damaged = to_bytes(row.expose(kExpose));
    damaged[place] ^= 0x81;
    const auto back = Session::decode(damaged);
    if (back) {
      EXPECT_EQ(to_bytes(back->encode().expose(kExpose)), damaged) << place;
    }
  }
}

}  // namespace
}  // namespace tocsin

// The session's rules, line by line.
#include <gtest/gtest.h>

#include <type_traits>

#include "crypto/ratchet/chain.h"
#include "crypto/ratchet/session.h"
#include "crypto/ratchet/session_state.h"
#include "tests/support/ratchet_people.h"

namespace tocsin {
namespace {

using namespace testing_support;

static_assert(!std::is_copy_constructible_v<Session> && !std::is_copy_assignable_v<Session>);
static_assert(std::is_nothrow_move_constructible_v<Session>);
static_assert(!std::is_default_constructible_v<FirstContactDraft>);
static_assert(!std::is_convertible_v<std::uint32_t, Epoch>);

class OuterSessionTest : public ::testing::Test {
 protected:
  // One message from `from` to `to` that must arrive.
  static void say(End& from, End& to, std::string_view text) {
    ASSERT_EQ(text_of(to.open(from.seal(text))), text);
  }
  static std::uint32_t epoch_of(const End& end) { return end.last_number.epoch.value; }

  SeededRng rng_{42};
  std::unique_ptr<Pair> pair_ = make_pair_of_ends(rng_);
  End& a_ = *pair_->a;
  End& b_ = *pair_->b;
};

// SES-6.3
TEST_F(OuterSessionTest, BothSidesStartFromTheKeysOfTheFirstContact) {
  const SessionState& a = state_of(a_.session());
  const SessionState& b = state_of(b_.session());
  ASSERT_TRUE(a.sending && !a.receiving && b.receiving && !b.sending);
  EXPECT_TRUE(a.sending->epoch == Epoch{0} && b.receiving->epoch == Epoch{0});
  EXPECT_TRUE(b.receiving->kem.is_zero() && !a.sending->offer);
  EXPECT_EQ(std::get<Entitled>(b.turn).peer, std::get<Waiting>(a.turn).offered.public_key);
  const auto same = [](const auto& x, const auto& y) {
    return equal_in_constant_time(x.expose(kExpose), y.expose(kExpose));
  };
  EXPECT_TRUE(same(a.root, b.root) && same(a.sending->chain, b.receiving->chain));
  EXPECT_TRUE(same(std::get<Waiting>(a.turn).next.header, std::get<Entitled>(b.turn).next.header));
}

// SES-7.10: what a thief of the row could read later.
TEST_F(OuterSessionTest, AMessageKeyIsNotInTheSendersRow) {
  const ChainStep keys = step(state_of(a_.session()).sending->chain);
  (void)a_.seal("sent");
  const SecretBytes row = a_.session().encode();
  const std::string_view text = as_text(row.expose(kExpose));
  EXPECT_EQ(text.find(as_text(keys.message.expose(kExpose))), std::string_view::npos);
  EXPECT_NE(text.find(as_text(keys.next.expose(kExpose))), std::string_view::npos);
}

// SES-7.5: a refused seal changes nothing, so its retry uses no other number.
TEST_F(OuterSessionTest, ARefusedSealChangesNothing) {
  const SecretBytes before = b_.session().encode();
  EXPECT_FALSE(b_.try_seal(std::string(kContentWithKem + 1, 'x')));
  EXPECT_FALSE(b_.try_seal("x", kMaxCopies + 1));
  EXPECT_TRUE(
      equal_in_constant_time(b_.session().encode().expose(kExpose), before.expose(kExpose)));
}

// SES-6.1, SES-7.2
TEST_F(OuterSessionTest, InitiatorOwnsEvenEpochsAndResponderOddOnes) {
  say(a_, b_, "0");
  EXPECT_EQ(epoch_of(a_), 0U);
  say(b_, a_, "1");
  EXPECT_EQ(epoch_of(b_), 1U);
  say(a_, b_, "2");
  EXPECT_EQ(epoch_of(a_), 0U) << "a turn is lazy: nothing is due yet";
  a_.hour = Hour{a_.hour.value + kTurnHours};
  say(a_, b_, "3");
  EXPECT_EQ(epoch_of(a_), 2U);
}

// SES-6.2
TEST_F(OuterSessionTest, TheInitiatorIsHeardOnlyAfterItOpenedAnAnswer) {
  EXPECT_FALSE(a_.session().heard());
  EXPECT_TRUE(b_.session().heard());
  say(a_, b_, "still alone");
  EXPECT_FALSE(a_.session().heard());
  say(b_, a_, "here");
  EXPECT_TRUE(a_.session().heard());
  EXPECT_EQ(a_.session().id(), b_.session().id());
  EXPECT_EQ(a_.session().peer().identity, pair_->bob.identity.public_key);
  EXPECT_EQ(b_.session().peer().signing, pair_->alice.signing.public_key);
  EXPECT_EQ(a_.session().role(), SessionRole::kInitiator);
  EXPECT_EQ(b_.session().role(), SessionRole::kResponder);
}

// SES-7.1
TEST_F(OuterSessionTest, AnEntitledPartyTurnsAfterSixteenMessages) {
  say(b_, a_, "hello");
  for (std::uint32_t i = 0; i < kTurnSends; ++i) say(a_, b_, "x");
  EXPECT_EQ(epoch_of(a_), 0U);
  say(a_, b_, "the seventeenth");
  EXPECT_EQ(epoch_of(a_), 2U);
}

// SES-7.1
TEST_F(OuterSessionTest, AnEntitledPartyTurnsAtItsFirstSealSinceUnlock) {
  say(b_, a_, "hello");
  a_.since_unlock = SinceUnlock::kFirstSeal;
  say(a_, b_, "unlocked");
  EXPECT_EQ(epoch_of(a_), 2U);
  say(a_, b_, "waiting now: no second turn");
  EXPECT_EQ(epoch_of(a_), 2U);
}

// SES-7.1: the waiting party never turns, however many messages or hours.
TEST_F(OuterSessionTest, AWaitingPartyStaysInItsEpoch) {
  say(b_, a_, "hello");
  for (int i = 0; i < 40; ++i) {
    b_.hour = Hour{b_.hour.value + 5};
    say(b_, a_, "and again");
    EXPECT_EQ(epoch_of(b_), 1U);
  }
}

// SES-7.4
TEST_F(OuterSessionTest, CapacityFollowsPrekeyFormKemBlockAndProofOfArrival) {
  const auto capacity = [](const End& end, std::uint32_t ahead = 0) {
    return end.session().capacity({end.hour, end.since_unlock}, ahead).value();
  };
  EXPECT_EQ(capacity(a_), kContentPrekeyForm);
  EXPECT_EQ(capacity(b_), kContentWithKem);
  say(b_, a_, "one");
  EXPECT_EQ(capacity(b_), kContentWithKem) << "no proof yet that the epoch arrived";
  EXPECT_EQ(capacity(a_), kContentPlain);
  EXPECT_EQ(capacity(a_, kTurnSends - 1), kContentPlain);
  EXPECT_EQ(capacity(a_, kTurnSends), kContentWithKem) << "a turn is due by then";
  EXPECT_EQ(a_.session().capacity({Hour{a_.hour.value + 1}}).value(), kContentWithKem);
  say(a_, b_, "seen");
  EXPECT_EQ(capacity(b_, 100), kContentPlain) << "proven; b waits, so it will not turn";
}

// SES-7.4, SES-7.5
TEST_F(OuterSessionTest, ContentIsPaddedToTheCapacityAndMoreIsRefused) {
  const std::string full(kContentPrekeyForm, 'p');
  const OpenOutcome outcome = b_.open(a_.seal(full));
  EXPECT_EQ(std::get<Opened>(outcome).content.size(), kContentPrekeyForm);
  EXPECT_EQ(text_of(outcome), full);
  const auto refused = a_.try_seal(std::string(kContentPrekeyForm + 1, 'p'));
  EXPECT_EQ(refused.error().code, kTooLarge);
  say(b_, a_, std::string(kContentWithKem, 'k'));
  EXPECT_FALSE(b_.try_seal(std::string(kContentWithKem + 1, 'k')));
  say(a_, b_, std::string(kContentPlain, 'c'));
  EXPECT_FALSE(a_.try_seal(std::string(kContentPlain + 1, 'c')));
  say(b_, a_, "");
}

// SES-7.6
TEST_F(OuterSessionTest, CopiesForSeveralRelaysShareNoBytesAndOpenOnce) {
  const auto sealed = a_.try_seal("twice", 2);
  ASSERT_TRUE(sealed);
  ASSERT_EQ(sealed->copies.size(), 2U);
  std::size_t equal = 0;
  for (std::size_t i = 0; i < kEnvelopeBytes; ++i)
    equal += sealed->copies[0].view()[i] == sealed->copies[1].view()[i] ? 1U : 0U;
  EXPECT_LT(equal, 60U) << "about one byte in 256 agrees by chance";
  EXPECT_EQ(text_of(b_.open(sealed->copies[1])), "twice");
  EXPECT_EQ(name_of(b_.open(sealed->copies[0])), "Duplicate");
  EXPECT_EQ(name_of(b_.open(sealed->copies[1])), "Duplicate");
  EXPECT_EQ(a_.try_seal("none", 0).error().code, kOutOfRange);
  EXPECT_EQ(a_.try_seal("many", kMaxCopies + 1).error().code, kOutOfRange);
}

// SES-8.4, SES-8.10
TEST_F(OuterSessionTest, ADuplicateByNumberCommitsItsDigestOnly) {
  const auto sealed = a_.try_seal("x", 2);
  (void)b_.open(sealed->copies[0]);
  const SecretBytes before = b_.session().encode();
  const OpenOutcome outcome =
      b_.session().open(sealed->copies[1], {pair_->bob.inner(), rng_, b_.day});
  EXPECT_EQ(name_of(outcome), "Duplicate");
  EXPECT_EQ(commit_of(outcome), OpenCommit::kDigest);
  EXPECT_EQ(to_bytes(b_.session().encode().expose(kExpose)), to_bytes(before.expose(kExpose)));
}

// SES-7.7: the KEM block is repeated until `seen` proves that it arrived.
TEST_F(OuterSessionTest, AnyOneEnvelopeOfAnEpochOpensIt) {
  (void)b_.seal("lost");
  (void)b_.seal("lost too");
  const Envelope third = b_.seal("arrives");
  const OpenOutcome outcome = a_.open(third);
  EXPECT_EQ(text_of(outcome), "arrives");
  EXPECT_EQ(std::get<Opened>(outcome).lost, 0U) << "their keys are kept";
}

// SES-8.6, SES-9.1
TEST_F(OuterSessionTest, MessagesOvertakenByATurnStillOpen) {
  const Envelope early = a_.seal("early");
  const Envelope late = a_.seal("late");
  say(b_, a_, "answer");
  a_.since_unlock = SinceUnlock::kFirstSeal;
  const Envelope turned = a_.seal("turned");
  EXPECT_EQ(epoch_of(a_), 2U);
  EXPECT_EQ(text_of(b_.open(turned)), "turned");
  EXPECT_EQ(text_of(b_.open(late)), "late");
  EXPECT_EQ(text_of(b_.open(early)), "early");
  EXPECT_EQ(name_of(b_.open(early)), "Duplicate");
}

// SES-7.8: both send at once, in any state.
TEST_F(OuterSessionTest, CrossingMessagesOpenOnBothSides) {
  for (int round = 0; round < 10; ++round) {
    a_.since_unlock = b_.since_unlock = SinceUnlock::kFirstSeal;
    const Envelope from_a = a_.seal("from a");
    const Envelope from_b = b_.seal("from b");
    EXPECT_EQ(text_of(a_.open(from_b)), "from b");
    EXPECT_EQ(text_of(b_.open(from_a)), "from a");
  }
  EXPECT_GT(epoch_of(a_), 4U);
}

// SES-8.2: own sending keys are never tried, so a reflected envelope is noise.
TEST_F(OuterSessionTest, AReflectedEnvelopeDoesNotOpen) {
  const Envelope own = a_.seal("mine");
  EXPECT_EQ(name_of(a_.open(own)), "Unopenable no-key");
  say(b_, a_, "hello");
  EXPECT_EQ(name_of(a_.open(own)), "Unopenable no-key");
}

// SES-8.1, SES-8.10
TEST_F(OuterSessionTest, NoiseChangesNothing) {
  say(b_, a_, "hello");
  const SecretBytes before = a_.session().encode();
  for (int i = 0; i < 20; ++i) {
    const OpenOutcome outcome = a_.open(rng_.draw<Envelope>());
    EXPECT_EQ(name_of(outcome), "Unopenable no-key");
    EXPECT_EQ(commit_of(outcome), OpenCommit::kNothing);
  }
  EXPECT_EQ(to_bytes(a_.session().encode().expose(kExpose)), to_bytes(before.expose(kExpose)));
}

// SES-8.10
TEST_F(OuterSessionTest, AFlippedBitAnywhereChangesNoState) {
  say(b_, a_, "hello");
  const Envelope good = b_.seal("good");
  const SecretBytes before = a_.session().encode();
  for (std::size_t place = 0; place < kEnvelopeBytes; place += 13) {
    Envelope bad = good;
    bad.mutable_view()[place] ^= static_cast<std::uint8_t>(1U << (place % 8));
    const OpenOutcome outcome = a_.open(bad);
    EXPECT_TRUE(std::holds_alternative<Unopenable>(outcome)) << place << name_of(outcome);
    EXPECT_EQ(commit_of(outcome), OpenCommit::kNothing);
  }
  EXPECT_EQ(to_bytes(a_.session().encode().expose(kExpose)), to_bytes(before.expose(kExpose)));
  EXPECT_EQ(text_of(a_.open(good)), "good");
}

// SES-8.3
TEST_F(OuterSessionTest, RecognisingNeedsAHeaderKeyOfTheSession) {
  const Envelope envelope = a_.seal("x");
  EXPECT_TRUE(b_.session().recognises(envelope));
  EXPECT_FALSE(a_.session().recognises(envelope));
  EXPECT_FALSE(b_.session().recognises(rng_.draw<Envelope>()));
}

// SES-6.4
TEST_F(OuterSessionTest, ALongDialogueTurnsAgainAndAgain) {
  for (std::uint32_t round = 0; round < 60; ++round) {
    a_.hour = b_.hour = Hour{a_.hour.value + 1};
    say(a_, b_, "ping " + std::to_string(round));
    say(b_, a_, "pong " + std::to_string(round));
  }
  EXPECT_GT(epoch_of(a_), 100U);
}

// SES-7.3
TEST_F(OuterSessionTest, ATurnTakesItsKemPairFromThePool) {
  KemPool pool = KemPool::create().value();
  EXPECT_EQ(pool.size(), 0U);
  pool.refill(rng_);
  EXPECT_EQ(pool.size(), kKemPoolPairs);
  const auto sealed = b_.session().seal(
      as_bytes("pooled"),
      {.identity = pair_->bob.inner(), .rng = rng_, .timing = {b_.hour}, .pool = &pool});
  ASSERT_TRUE(sealed);
  EXPECT_EQ(pool.size(), kKemPoolPairs - 1);
  EXPECT_EQ(text_of(a_.open(sealed->copies[0])), "pooled");
  a_.since_unlock = SinceUnlock::kFirstSeal;
  say(a_, b_, "the pooled offer was answered");
}

// SES-7.3
TEST(KemPoolTest, PairsWorkAndAnEmptyPoolMakesAFreshOne) {
  SeededRng rng(8);
  KemPool pool = KemPool::create().value();
  pool.refill(rng);
  for (std::size_t i = 0; i < kKemPoolPairs + 1; ++i) {
    const KemPair pair = pool.take(rng);
    const KemEncapsulation sent = kem_encapsulate(pair.public_key, rng);
    const KemShared got = kem_decapsulate(pair.secret, sent.ciphertext);
    EXPECT_EQ(to_bytes(got.expose(kExpose)), to_bytes(sent.shared.expose(kExpose)));
  }
  EXPECT_EQ(pool.size(), 0U);
}

}  // namespace
}  // namespace tocsin

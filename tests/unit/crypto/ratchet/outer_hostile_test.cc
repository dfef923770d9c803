// A peer who holds the keys and breaks the rules. And copies of a state.
#include <gtest/gtest.h>

#include <functional>

#include "crypto/ratchet/chain.h"
#include "crypto/ratchet/session_state.h"
#include "tests/support/ratchet_people.h"

namespace tocsin {
namespace {

using namespace testing_support;

class OuterHostileTest : public ::testing::Test {
 protected:
  struct Forgery {
    OuterHeader header;
    std::optional<KemOffer> offer;
    Bytes inner = Bytes(40, 0x33);
  };
  // What `from` would seal next, changed at will and sealed with its real keys.
  Envelope forge(End& from, const std::function<void(Forgery&)>& change) {
    SessionState& state = state_of(from.session());
    Sending& sending = *state.sending;
    Forgery forgery;
    forgery.header.number = {sending.epoch, sending.sent};
    forgery.header.previous = sending.previous;
    if (state.receiving) forgery.header.seen = state.receiving->epoch;
    forgery.offer = sending.offer;
    change(forgery);
    forgery.header.kem = forgery.offer ? KemBlock::kPresent : KemBlock::kAbsent;
    forgery.header.body = body_hash_of(forgery.inner);
    const ChainStep keys = step(
        walk(sending.chain, {sending.epoch, sending.sent}, forgery.header.number.counter).chain);
    return seal_envelope(state.sid, {sending.header, sending.block, keys.message},
                         {forgery.header, forgery.offer ? &*forgery.offer : nullptr, forgery.inner},
                         rng_.draw<Nonce>());
  }
  // The outcome of opening `envelope` at `end`, which must leave its row as it was.
  static std::string refusal(End& end, const Envelope& envelope) {
    const SecretBytes before = end.session().encode();
    const OpenOutcome outcome = end.open(envelope);
    EXPECT_EQ(commit_of(outcome), OpenCommit::kNothing) << name_of(outcome);
    EXPECT_TRUE(
        equal_in_constant_time(end.session().encode().expose(kExpose), before.expose(kExpose)));
    return name_of(outcome);
  }

  SeededRng rng_{77};
  std::unique_ptr<Pair> pair_ = make_talking_pair(rng_);
  End& a_ = *pair_->a;
  End& b_ = *pair_->b;
};

// SES-8.3
TEST_F(OuterHostileTest, AHeaderOfAnotherEpochIsRefused) {
  EXPECT_EQ(refusal(b_, forge(a_, [](Forgery& f) { f.header.number.epoch.value = 2; })),
            "Unopenable header");
}

// SES-8.3
TEST_F(OuterHostileTest, SeenMustBeAnEpochOfTheReceiverThatExists) {
  EXPECT_EQ(refusal(b_, forge(a_, [](Forgery& f) { f.header.seen = Epoch{2}; })),
            "Unopenable header");
  EXPECT_EQ(refusal(b_, forge(a_, [](Forgery& f) { f.header.seen = Epoch{3}; })), "RolledBack");
}

// SES-8.3
TEST_F(OuterHostileTest, SeenBeforeAnythingWasSentIsARollback) {
  auto fresh = make_pair_of_ends(rng_);
  EXPECT_EQ(refusal(*fresh->b, forge(*fresh->a, [](Forgery& f) { f.header.seen = Epoch{1}; })),
            "RolledBack");
}

// SES-8.4
TEST_F(OuterHostileTest, TheSameNumberWithAnotherBodyIsAFork) {
  End twin = a_.restored();
  EXPECT_EQ(text_of(b_.open(a_.seal("one life"))), "one life");
  EXPECT_EQ(refusal(b_, twin.seal("another life")), "Forked");
}

// SES-8.6
TEST_F(OuterHostileTest, ANewEpochWithoutAKemBlockIsARollback) {
  a_.since_unlock = SinceUnlock::kFirstSeal;
  (void)a_.seal("turned");
  EXPECT_EQ(refusal(b_, forge(a_, [](Forgery& f) { f.offer.reset(); })), "RolledBack");
}

// SES-8.6
TEST_F(OuterHostileTest, ANewEpochWhoseKemBlockDoesNotOpenIsRefused) {
  a_.since_unlock = SinceUnlock::kFirstSeal;
  Envelope envelope = a_.seal("turned");
  envelope.mutable_view()[100] ^= 1;
  EXPECT_EQ(refusal(b_, envelope), "Unopenable kem-block");
}

// SES-8.6: a ciphertext for another key gives another root, and the body does not open (trap K1).
TEST_F(OuterHostileTest, AKemBlockForAnotherOfferDoesNotOpenTheBody) {
  a_.since_unlock = SinceUnlock::kFirstSeal;
  (void)a_.seal("turned");
  const KemPair stranger = make_kem_pair(rng_);
  EXPECT_EQ(refusal(b_, forge(a_,
                              [&](Forgery& f) {
                                f.offer->ciphertext =
                                    kem_encapsulate(stranger.public_key, rng_).ciphertext;
                              })),
            "Unopenable body");
}

// SES-8.6
TEST_F(OuterHostileTest, ACountOfTheClosedEpochBelowWhatWasOpenedIsAFork) {
  a_.since_unlock = SinceUnlock::kFirstSeal;
  (void)a_.seal("turned");
  EXPECT_EQ(refusal(b_, forge(a_, [](Forgery& f) { f.header.previous = 0; })), "Forked");
}

// SES-3.1, SES-8.6
TEST_F(OuterHostileTest, TheCountOfTheClosedEpochMayJumpByKMaxJump) {
  auto fresh = make_talking_pair(rng_);
  state_of(fresh->b->session()).receiving->next = 0;
  fresh->a->since_unlock = SinceUnlock::kFirstSeal;
  (void)fresh->a->seal("turned");
  const Envelope furthest = forge(*fresh->a, [](Forgery& f) { f.header.previous = kMaxJump; });
  const OpenOutcome outcome = fresh->b->open(furthest);
  EXPECT_EQ(name_of(outcome), "Unopenable inner-refused") << "the outer step was taken";
  EXPECT_EQ(state_of(fresh->b->session()).memory.skipped_count(), kMaxSkip + 1U)
      << "kMaxSkip of the gap and the overtaken first message of the new epoch";
}

// SES-8.7
TEST_F(OuterHostileTest, ASecondKemBlockForOneEpochIsAFork) {
  a_.since_unlock = SinceUnlock::kFirstSeal;
  EXPECT_EQ(text_of(b_.open(a_.seal("turned"))), "turned");
  EXPECT_EQ(refusal(b_, forge(a_, [&](Forgery& f) { f.offer->next = rng_.draw<KemPublic>(); })),
            "Forked");
}

// SES-8.7: epoch 0 has no KEM block.
TEST_F(OuterHostileTest, AKemBlockInEpochZeroIsAFork) {
  EXPECT_EQ(refusal(b_, forge(a_,
                              [&](Forgery& f) {
                                f.offer =
                                    KemOffer{rng_.draw<KemCiphertext>(), rng_.draw<KemPublic>()};
                              })),
            "Forked");
}

// SES-8.9
TEST_F(OuterHostileTest, AnInnerRefusalKeepsTheOuterStepAndDropsTheInnerOne) {
  const Bytes inner_before = to_bytes(state_of(b_.session()).inner.expose(kExpose));
  const Envelope envelope = forge(a_, [](Forgery&) {});
  const OpenOutcome outcome = b_.open(envelope);
  EXPECT_EQ(name_of(outcome), "Unopenable inner-refused");
  EXPECT_EQ(commit_of(outcome), OpenCommit::kSession);
  EXPECT_EQ(to_bytes(state_of(b_.session()).inner.expose(kExpose)), inner_before);
  EXPECT_EQ(name_of(b_.open(envelope)), "Duplicate");
  EXPECT_EQ(state_of(b_.session()).receiving->next, 2U);
}

// SES-8.9
TEST_F(OuterHostileTest, AnInnerReplayInsideANewEnvelopeIsRefused) {
  SessionState& state = state_of(a_.session());
  const InnerRecord old = state.inner.duplicate();
  EXPECT_EQ(text_of(b_.open(a_.seal("one"))), "one");
  state.inner = old.duplicate();
  state.outlook.reset();
  EXPECT_EQ(name_of(b_.open(a_.seal("one"))), "Unopenable inner-refused");
  EXPECT_EQ(text_of(b_.open(a_.seal("two"))), "two") << "the session lives on";
}

// SES-8.8: the prekey form belongs to the initiator's first epoch.
TEST_F(OuterHostileTest, ThePrekeyFormIsRefusedElsewhere) {
  const Envelope at_initiator = forge(b_, [](Forgery& f) { f.header.form = InnerForm::kPrekey; });
  EXPECT_EQ(name_of(a_.open(at_initiator)), "Unopenable inner-refused");
  a_.since_unlock = SinceUnlock::kFirstSeal;
  EXPECT_EQ(text_of(b_.open(a_.seal("turned"))), "turned");
  const Envelope late = forge(a_, [](Forgery& f) { f.header.form = InnerForm::kPrekey; });
  EXPECT_EQ(name_of(b_.open(late)), "Unopenable inner-refused");
}

// SES-8.8: a prekey message must be the one this session began with.
TEST_F(OuterHostileTest, APrekeyMessageOfAnotherSessionIsRefused) {
  auto fresh = make_pair_of_ends(rng_);
  Meeting other = approach(fresh->alice, fresh->bob, no_psk(), rng_);
  state_of(fresh->a->session()).inner = state_of(other.initiated.session).inner.duplicate();
  EXPECT_EQ(name_of(fresh->b->open(fresh->a->seal("spliced"))), "Unopenable inner-refused");
}

// SES-11.1
TEST_F(OuterHostileTest, ARestoredCopyIsNoticedByThePeerOrByItself) {
  // The copy sends a number again: the peer sees a fork.
  End copy = a_.restored();
  EXPECT_EQ(text_of(b_.open(a_.seal("original"))), "original");
  EXPECT_EQ(name_of(b_.open(copy.seal("copy"))), "Forked");
  // The copy receives: the peer has seen an epoch that the copy does not remember sending.
  a_.since_unlock = SinceUnlock::kFirstSeal;
  EXPECT_EQ(text_of(b_.open(a_.seal("turned"))), "turned");
  b_.since_unlock = SinceUnlock::kFirstSeal;
  const Envelope answer = b_.seal("answer");
  EXPECT_EQ(text_of(a_.open(answer)), "answer");
  EXPECT_EQ(name_of(copy.open(answer)), "Unopenable no-key")
      << "two epochs ahead: the copy has no key; its own message above raised the alarm";
}

// SES-11.1
TEST_F(OuterHostileTest, ACopyOneTurnBehindSeesThatItWasRolledBack) {
  End copy = a_.restored();
  a_.since_unlock = SinceUnlock::kFirstSeal;
  EXPECT_EQ(text_of(b_.open(a_.seal("turned"))), "turned");
  const Envelope still_epoch_one = b_.seal("b waits in epoch 1? no: entitled, lazily not turned");
  EXPECT_EQ(name_of(copy.open(still_epoch_one)), "RolledBack");
}

// SES-11.2
TEST_F(OuterHostileTest, TwoCopiesThatBothTurnAreAFork) {
  End copy = a_.restored();
  a_.since_unlock = copy.since_unlock = SinceUnlock::kFirstSeal;
  EXPECT_EQ(text_of(b_.open(a_.seal("turned"))), "turned");
  EXPECT_EQ(name_of(b_.open(copy.seal("turned differently"))), "Forked");
}

// SES-8.11
TEST_F(OuterHostileTest, ALocalFaultChangesNothingAndIsNotAcknowledged) {
  const Envelope envelope = a_.seal("fine");
  SessionState& state = state_of(b_.session());
  const InnerRecord good = state.inner.duplicate();
  state.inner = InnerRecord::from(SecretBytes::copy_of(Bytes(20, 0xFF))).value();
  EXPECT_EQ(refusal(b_, envelope), "CannotNow");
  state.inner = good.duplicate();
  EXPECT_EQ(text_of(b_.open(envelope)), "fine");
}

}  // namespace
}  // namespace tocsin

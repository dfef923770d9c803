// Spec: protocol/spec/inner.md: honest use, limits, values only.
#include "crypto/ratchet/wall.h"

#include <thread>
#include <vector>

#include "tests/unit/crypto/ratchet/wall_fixture.h"

namespace tocsin {
namespace {

static_assert(!std::is_copy_constructible_v<InnerRecord>);
static_assert(!std::is_default_constructible_v<InnerRecord>);
static_assert(!std::is_convertible_v<SecretBytes, InnerRecord>);
static_assert(!std::equality_comparable<InnerRecord>);

TEST_F(WallTest, MessagesGoBothWaysAndTheFormChangesAfterTheFirstAnswer) {  // INN-2.1
  InnerRecord alice = start();
  EXPECT_EQ(inner_outlook(alice)->form, InnerForm::kPrekey);
  const InnerSealed first = seal(initiator(), alice, "hello");
  EXPECT_EQ(first.form, InnerForm::kPrekey);
  EXPECT_EQ(first.counter, 0U);
  InnerFirstOpened opened = open_first(first.message).value();
  EXPECT_EQ(as_text(opened.plaintext.expose(kExpose)), "hello");
  EXPECT_EQ(opened.pin.identity, alice_.public_key);
  EXPECT_EQ(opened.pin.prekey_id, kPrekeyId);

  InnerRecord bob = std::move(opened.record);
  const InnerSealed second = seal(initiator(), alice, "again");
  EXPECT_EQ(second.form, InnerForm::kPrekey);
  const auto repeated =
      inner_open(responder(), bob, {second.message, InnerForm::kPrekey, opened.pin});
  ASSERT_TRUE(repeated.has_value());
  EXPECT_EQ(as_text(repeated->plaintext.expose(kExpose)), "again");
  bob = repeated->record.duplicate();

  const InnerSealed answer = seal(responder(), bob, "answer");
  EXPECT_EQ(answer.form, InnerForm::kPlain);
  EXPECT_EQ(open(initiator(), alice, answer.message), "answer");
  EXPECT_EQ(inner_outlook(alice)->form, InnerForm::kPlain);
  const InnerSealed third = seal(initiator(), alice, "third");
  EXPECT_EQ(third.form, InnerForm::kPlain);
  EXPECT_EQ(open(responder(), bob, third.message), "third");
}

TEST_F(WallTest, MessagesOutOfOrderOpenOnceEach) {
  Pair pair = settled();
  std::vector<Bytes> messages;
  for (int i = 0; i < 20; ++i)
    messages.push_back(seal(initiator(), pair.alice, std::to_string(i)).message);
  for (int i = 19; i >= 0; --i)
    EXPECT_EQ(open(responder(), pair.bob, messages[static_cast<std::size_t>(i)]),
              std::to_string(i));
  for (const Bytes& message : messages)
    EXPECT_EQ(code_of_result(inner_open(responder(), pair.bob, {message, InnerForm::kPlain, {}})),
              kUnopenable);
}

TEST_F(WallTest, SealingLeavesTheOldRecordUsableAndUnchanged) {  // INN-1.1
  Pair pair = settled();
  const InnerRecord before = pair.alice.duplicate();
  const InnerSealed sealed = inner_seal(initiator(), pair.alice, text("once")).value();
  EXPECT_TRUE(same(before, pair.alice));
  EXPECT_FALSE(same(before, sealed.record));
}

TEST_F(WallTest, TheSenderStopsAtTheLimitUntilThePeerIsHeard) {  // INN-5.1
  Pair pair = settled();
  for (std::uint32_t i = 0; i < kMaxInner; ++i) {
    EXPECT_EQ(inner_outlook(pair.alice)->counter, i);
    ASSERT_EQ(seal(initiator(), pair.alice, "x").counter, i);
  }
  EXPECT_EQ(inner_outlook(pair.alice)->counter, kMaxInner);
  const InnerRecord before = pair.alice.duplicate();
  EXPECT_EQ(code_of_result(inner_seal(initiator(), pair.alice, text("x"))), kPeerSilent);
  EXPECT_TRUE(same(before, pair.alice));
  // A fresh chain of the peer begins a fresh sending chain.
  const InnerSealed heard = seal(responder(), pair.bob, "here");
  // Bob's chain is the one Alice knows already, so he first has to hear her.
  EXPECT_EQ(open(initiator(), pair.alice, heard.message), "here");
  EXPECT_EQ(code_of_result(inner_seal(initiator(), pair.alice, text("x"))), kPeerSilent);
}

TEST_F(WallTest, TheLastMessageBeforeTheLimitOpensAndRevivesTheSession) {  // INN-5.1
  Pair pair = settled();
  Bytes last;
  for (std::uint32_t i = 0; i < kMaxInner; ++i)
    last = seal(initiator(), pair.alice, std::to_string(i)).message;
  EXPECT_EQ(open(responder(), pair.bob, last), std::to_string(kMaxInner - 1));
  const InnerSealed answer = seal(responder(), pair.bob, "answer");
  EXPECT_EQ(open(initiator(), pair.alice, answer.message), "answer");
  EXPECT_EQ(seal(initiator(), pair.alice, "on").counter, 0U);
}

// Trap S9: the worst a peer inside the limits can make of a record.
TEST_F(WallTest, AHostileContactCannotGrowTheRecordPastItsBound) {  // INN-5.2
  Pair pair = settled();
  std::size_t largest = 0;
  for (int round = 0; round < 8; ++round) {
    InnerRecord skipping = pair.alice.duplicate();
    Bytes last;
    for (std::uint32_t i = 0; i < kMaxInner; ++i) last = seal(initiator(), skipping, "x").message;
    pair.alice = std::move(skipping);
    EXPECT_EQ(open(responder(), pair.bob, last), "x");
    largest = std::max(largest, pair.bob.size());
    const InnerSealed answer = seal(responder(), pair.bob, "answer");
    EXPECT_EQ(open(initiator(), pair.alice, answer.message), "answer");
  }
  EXPECT_LE(largest, kMaxInnerRecordBytes);
  EXPECT_GT(largest, kMaxInnerRecordBytes / 2);  // the test does reach the worst case
}

// libsignal keeps five receiving chains and forgets the keys of the sixth-last. A relay may deliver
// late, so the wall keeps what libsignal forgets.
TEST_F(WallTest, AMessageLateByManyChangesOfDirectionOpensOnce) {  // INN-5.3
  Pair pair = settled();
  std::vector<InnerSealed> late;
  for (std::size_t turn = 0; turn < kMaxRetiredChains; ++turn) {
    late.push_back(seal(initiator(), pair.alice, "before " + std::to_string(turn)));
    const InnerSealed arrives = seal(initiator(), pair.alice, "arrives");
    late.push_back(seal(initiator(), pair.alice, "after " + std::to_string(turn)));
    EXPECT_EQ(open(responder(), pair.bob, arrives.message), "arrives");
    const InnerSealed answer = seal(responder(), pair.bob, "answer");
    EXPECT_EQ(open(initiator(), pair.alice, answer.message), "answer");
  }
  for (std::size_t turn = 0; turn < kMaxRetiredChains; ++turn) {
    EXPECT_EQ(open(responder(), pair.bob, late[2 * turn + 1].message),
              "after " + std::to_string(turn));
    EXPECT_EQ(open(responder(), pair.bob, late[2 * turn].message),
              "before " + std::to_string(turn));
  }
  const InnerRecord before = pair.bob.duplicate();
  for (const InnerSealed& message : late)
    EXPECT_EQ(
        code_of_result(inner_open(responder(), pair.bob, {message.message, InnerForm::kPlain, {}})),
        kUnopenable);
  EXPECT_TRUE(same(before, pair.bob));
  // The session itself went on.
  EXPECT_EQ(open(responder(), pair.bob, seal(initiator(), pair.alice, "on").message), "on");
}

TEST_F(WallTest, ALateMessageInPrekeyFormOpens) {  // INN-5.3
  InnerRecord alice = start();
  const InnerSealed first = seal(initiator(), alice, "first");
  const InnerSealed late = seal(initiator(), alice, "late");
  ASSERT_EQ(late.form, InnerForm::kPrekey);
  InnerFirstOpened opened = open_first(first.message).value();
  InnerRecord bob = std::move(opened.record);
  for (int turn = 0; turn < 10; ++turn) {
    EXPECT_EQ(open(initiator(), alice, seal(responder(), bob, "answer").message), "answer");
    EXPECT_EQ(open(responder(), bob, seal(initiator(), alice, "next").message), "next");
  }
  const auto result = inner_open(responder(), bob, {late.message, InnerForm::kPrekey, opened.pin});
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(as_text(result->plaintext.expose(kExpose)), "late");
}

TEST_F(WallTest, RetiredChainsBeyondTheBoundAreForgottenOldestFirst) {  // INN-5.3
  Pair pair = settled();
  std::vector<InnerSealed> late;
  const std::size_t turns = kInnerReceivingChains + kMaxRetiredChains + 3;
  for (std::size_t turn = 0; turn < turns; ++turn) {
    late.push_back(seal(initiator(), pair.alice, "late"));
    EXPECT_EQ(open(responder(), pair.bob, seal(initiator(), pair.alice, "x").message), "x");
    EXPECT_EQ(open(initiator(), pair.alice, seal(responder(), pair.bob, "y").message), "y");
  }
  std::size_t opened = 0;
  for (const InnerSealed& message : late) {
    const auto result = inner_open(responder(), pair.bob, {message.message, InnerForm::kPlain, {}});
    if (result.has_value()) ++opened;
  }
  EXPECT_EQ(opened, kInnerReceivingChains + kMaxRetiredChains);
  EXPECT_EQ(
      code_of_result(inner_open(responder(), pair.bob, {late[0].message, InnerForm::kPlain, {}})),
      kUnopenable);
}

TEST_F(WallTest, AHostileContactCannotGrowTheRetiredChainsPastTheirBound) {  // INN-5.2
  Pair pair = settled();
  std::vector<Bytes> last;
  for (std::size_t turn = 0; turn < kInnerReceivingChains + 6; ++turn) {
    EXPECT_EQ(open(responder(), pair.bob, seal(initiator(), pair.alice, "x").message), "x");
    for (std::uint32_t i = 1; i + 1 < kMaxInner; ++i) seal(initiator(), pair.alice, "x");
    last.push_back(seal(initiator(), pair.alice, "last").message);
    EXPECT_EQ(open(initiator(), pair.alice, seal(responder(), pair.bob, "y").message), "y");
  }
  // Every chain, retired or not, is now jumped to its end.
  for (const Bytes& message : last) {
    const auto result = inner_open(responder(), pair.bob, {message, InnerForm::kPlain, {}});
    if (result.has_value()) pair.bob = result->record.duplicate();
    EXPECT_LE(pair.bob.size(), kMaxInnerRecordBytes);
  }
  EXPECT_EQ(open(responder(), pair.bob, seal(initiator(), pair.alice, "on").message), "on");
}

TEST_F(WallTest, AMutatedLateMessageChangesNothing) {  // INN-5.3
  Pair pair = settled();
  const InnerSealed late = seal(initiator(), pair.alice, "late");
  for (std::size_t turn = 0; turn < kInnerReceivingChains + 2; ++turn) {
    EXPECT_EQ(open(responder(), pair.bob, seal(initiator(), pair.alice, "x").message), "x");
    EXPECT_EQ(open(initiator(), pair.alice, seal(responder(), pair.bob, "y").message), "y");
  }
  const InnerRecord before = pair.bob.duplicate();
  for (std::size_t byte = 0; byte < late.message.size(); ++byte) {
    Bytes mutated = late.message;
    mutated[byte] ^= 1;
    EXPECT_FALSE(inner_open(responder(), pair.bob, {mutated, InnerForm::kPlain, {}}).has_value());
  }
  EXPECT_TRUE(same(before, pair.bob));
  EXPECT_EQ(open(responder(), pair.bob, late.message), "late");
}

TEST_F(WallTest, ARecordCutAnywhereIsALocalFault) {  // INN-6.2
  Pair pair = settled();
  for (std::size_t turn = 0; turn < kInnerReceivingChains + 2; ++turn) {
    seal(initiator(), pair.alice, "skipped");
    EXPECT_EQ(open(responder(), pair.bob, seal(initiator(), pair.alice, "x").message), "x");
    EXPECT_EQ(open(initiator(), pair.alice, seal(responder(), pair.bob, "y").message), "y");
  }
  const InnerSealed next = seal(initiator(), pair.alice, "x");
  const BytesView whole = pair.bob.expose(kExpose);
  for (std::size_t length = 1; length < whole.size(); length += 7) {
    const InnerRecord cut = InnerRecord::from(SecretBytes::copy_of(whole.first(length))).value();
    EXPECT_EQ(code_of_result(inner_open(responder(), cut, {next.message, InnerForm::kPlain, {}})),
              kCannotNow)
        << length;
  }
}

TEST_F(WallTest, ARecordAboveTheBoundIsRefused) {  // INN-1.2
  EXPECT_EQ(code_of_result(InnerRecord::from(SecretBytes::zeros(kMaxInnerRecordBytes + 1))),
            kTooLarge);
  EXPECT_EQ(code_of_result(InnerRecord::from(SecretBytes())), kMalformed);
  EXPECT_TRUE(InnerRecord::from(SecretBytes::zeros(kMaxInnerRecordBytes)).has_value());
}

TEST_F(WallTest, ADamagedRecordIsALocalFaultAndNeverThePeers) {  // INN-6.2
  Pair pair = settled();
  const InnerSealed sealed = seal(initiator(), pair.alice, "x");
  const InnerRecord damaged =
      InnerRecord::from(SecretBytes::copy_of(pair.bob.expose(kExpose).first(20))).value();
  EXPECT_EQ(
      code_of_result(inner_open(responder(), damaged, {sealed.message, InnerForm::kPlain, {}})),
      kCannotNow);
  EXPECT_EQ(code_of_result(inner_seal(responder(), damaged, text("x"))), kCannotNow);
  EXPECT_EQ(code_of_result(inner_outlook(damaged)), kCannotNow);
}

TEST_F(WallTest, ABundleWithASwappedOrUnusableKeyIsRefused) {  // INN-2.2
  PeerBundle swapped = bundle();
  swapped.prekey = make_prekey_pair(rng_).public_key;
  EXPECT_EQ(code_of_result(inner_start(initiator(), swapped)), kBadSignature);
  PeerBundle foreign = bundle();
  foreign.identity = alice_.public_key;
  EXPECT_EQ(code_of_result(inner_start(initiator(), foreign)), kBadSignature);
  PeerBundle low = bundle();
  low.prekey = PrekeyPublic{};
  EXPECT_EQ(code_of_result(inner_start(initiator(), low)), kBadKey);
  PeerBundle other_form = bundle();
  other_form.identity.mutable_view()[31] |= 0x80;
  EXPECT_EQ(code_of_result(inner_start(initiator(), other_form)), kBadKey);
}

TEST_F(WallTest, ThePlaintextMayFillTheLongestMessageAndNotExceedIt) {  // INN-2.4
  Pair pair = settled();
  // 59 bytes of message and 1 … 16 of padding: 3,679 is what session.md puts in.
  const auto fits = inner_seal(initiator(), pair.alice, Bytes(3679));
  ASSERT_TRUE(fits.has_value());
  EXPECT_LE(fits->message.size(), kMaxInnerMessageBytes);
  EXPECT_EQ(code_of_result(inner_seal(initiator(), pair.alice, Bytes(kMaxInnerMessageBytes))),
            kTooLarge);
  EXPECT_EQ(code_of_result(inner_seal(initiator(), pair.alice, Bytes(kMaxInnerMessageBytes + 1))),
            kTooLarge);
}

TEST_F(WallTest, TheSameSeedMakesTheSameBytes) {  // INN-1.3: no randomness but the argument's
  const PeerBundle target = bundle();
  const auto run = [&] {
    SeededRng rng(7);
    const InnerParty party{{alice_.public_key, alice_.secret}, sid_, rng};
    InnerRecord record = inner_start(party, target).value();
    return inner_seal(party, record, text("x")).value().message;
  };
  EXPECT_EQ(run(), run());
}

// Trap S6: a context per thread. Also the thread sanitizer's material.
TEST_F(WallTest, EightThreadsRunSessionsOfTheirOwn) {  // INN-1.4
  std::vector<std::thread> threads;
  std::array<int, 8> opened{};
  for (std::size_t t = 0; t < opened.size(); ++t) {
    threads.emplace_back([&, t] {
      SeededRng rng(100 + t);
      const IdentityPair own = make_identity_pair(rng);
      const IdentityPair peer = make_identity_pair(rng);
      const PrekeyPair prekey = make_prekey_pair(rng);
      const SessionId sid = rng.draw<SessionId>();
      const InnerParty sender{{own.public_key, own.secret}, sid, rng};
      const InnerParty receiver{{peer.public_key, peer.secret}, sid, rng};
      InnerRecord record =
          inner_start(sender, {peer.public_key, prekey.public_key,
                               sign_prekey(peer.secret, prekey.public_key, rng).value(), 1})
              .value();
      InnerSealed first = inner_seal(sender, record, text("0")).value();
      record = std::move(first.record);
      InnerFirstOpened begun =
          inner_open_first(receiver,
                           {first.message, own.public_key, {1, prekey.public_key, prekey.secret}})
              .value();
      InnerRecord other = std::move(begun.record);
      for (int i = 0; i < 50; ++i) {
        InnerSealed answer = inner_seal(receiver, other, text("ping")).value();
        other = std::move(answer.record);
        record = std::move(
            inner_open(sender, record, {answer.message, InnerForm::kPlain, {}}).value().record);
        InnerSealed back = inner_seal(sender, record, text("pong")).value();
        record = std::move(back.record);
        InnerOpened got =
            inner_open(receiver, other, {back.message, InnerForm::kPlain, {}}).value();
        other = std::move(got.record);
        if (as_text(got.plaintext.expose(kExpose)) == "pong") ++opened[t];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const int count : opened) EXPECT_EQ(count, 50);
}

}  // namespace
}  // namespace tocsin

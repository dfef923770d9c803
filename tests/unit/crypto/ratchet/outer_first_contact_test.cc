// The sealed first contact, from both sides.
#include <gtest/gtest.h>

#include "crypto/base/codec.h"
#include "crypto/box/agree.h"
#include "crypto/box/hash.h"
#include "crypto/ratchet/first_contact.h"
#include "crypto/ratchet/first_contact_keys.h"
#include "crypto/ratchet/session_state.h"
#include "tests/support/first_contact_by_hand.h"

namespace tocsin {
namespace {

using namespace testing_support;

// A handshake step consumes the one before it.
template <class Draft>
concept SealsFromALasting =
    requires(Draft& draft, const InitiatorInput& input) { draft.seal(input); };
static_assert(!SealsFromALasting<FirstContactDraft>);
template <class Letter>
concept AcceptsFromALasting =
    requires(Letter& letter, const ResponderInput& input) { letter.accept(input); };
static_assert(!AcceptsFromALasting<FirstContactOpened>);

class FirstContactTest : public ::testing::Test {
 protected:
  Result<Responded> answered(const Meeting& meeting) { return answer(bob_, meeting, psk_, rng_); }
  Result<FirstContactOpened> opened(const Envelope& envelope) {
    return FirstContactOpened::open(envelope, bob_.responder(psk_), rng_);
  }
  // Bob's card with one field changed, on the responder's side.
  Code code_with(const CardKeys& card, const Meeting& meeting) {
    const ResponderKeys keys{bob_.inner(), card, bob_.secrets, psk_};
    auto letter = FirstContactOpened::open(meeting.initiated.envelope, keys, rng_);
    if (!letter) return letter.error().code;
    auto responded = std::move(*letter).accept({.identity = bob_.inner(),
                                                .card = card,
                                                .secrets = bob_.secrets,
                                                .claims = meeting.claims,
                                                .rng = rng_});
    return responded ? Code{} : responded.error().code;
  }

  SeededRng rng_{123};
  Person alice_{rng_};
  Person bob_{rng_};
  InvitationSecret link_ = InvitationSecret::random(rng_);
  Psk psk_ = psk_of(link_);
};

// FCT-2.1, FCT-6.1, FCT-6.7
TEST_F(FirstContactTest, TheFirstTextArrivesAndBothSidesHoldOneSession) {
  const std::string full(kContentFirst, 'f');
  Meeting meeting = approach(alice_, bob_, psk_, rng_, full);
  auto responded = answered(meeting);
  ASSERT_TRUE(responded);
  EXPECT_EQ(as_text(responded->content.expose(kExpose)), full);
  EXPECT_EQ(responded->session.id(), meeting.initiated.session.id());
  EXPECT_EQ(meeting.initiated.session.role(), SessionRole::kInitiator);
  EXPECT_EQ(responded->session.peer().identity, alice_.identity.public_key);
}

// FCT-2.1
TEST_F(FirstContactTest, MoreThanItsRoomIsRefused) {
  FirstContactDraft draft = FirstContactDraft::create(bob_.card, psk_, rng_).value();
  const RecordBytes record;
  const std::string text(kContentFirst + 1, 'f');
  const auto sealed = std::move(draft).seal({.identity = alice_.inner(),
                                             .signing = alice_.signing.public_key,
                                             .record = record,
                                             .content = as_bytes(text),
                                             .hour = {},
                                             .rng = rng_});
  EXPECT_EQ(sealed.error().code, kTooLarge);
}

// FCT-3.1, FCT-3.2, FCT-4.1: the same values by the formulas of the specification.
TEST_F(FirstContactTest, KeysFollowTheSpecifiedSchedule) {
  const auto ephemeral = make_x25519_pair<EphemeralPublic, EphemeralSecret>(rng_);
  const KemEncapsulation kem = kem_encapsulate(bob_.card.kem, rng_);
  const Bytes version{1, 0};
  const Sha512 th = sha512({as_bytes("tocsin/1 transcript"), version, bob_.card.card.view(),
                            ephemeral.public_key.view(), kem.ciphertext.view()});
  const Transcript transcript = transcript_of(bob_.card.card, ephemeral.public_key, kem.ciphertext);
  EXPECT_EQ(to_bytes(transcript.view()), to_bytes(th.view()));

  const AgreedSecret dh1 =
      x25519_agree(ephemeral.secret.expose(kExpose), bob_.card.prekey.view()).value();
  const AgreedSecret dh2 =
      x25519_agree(ephemeral.secret.expose(kExpose), bob_.card.identity.view()).value();
  const Bytes ikm = concat(
      {kem.shared.expose(kExpose), dh1.expose(kExpose), dh2.expose(kExpose), psk_.expose(kExpose)});
  const SecretBytes out = hkdf_sha512(as_bytes("tocsin/1 extract"), ikm,
                                      concat({as_bytes("tocsin/1 fc keys"), th.view()}), 224);
  const FirstContactKeys keys = derive_keys(transcript, {kem.shared, dh1, dh2, psk_});
  EXPECT_EQ(
      concat({keys.envelope.expose(kExpose), keys.root.expose(kExpose), keys.chain.expose(kExpose),
              keys.header0.expose(kExpose), keys.block0.expose(kExpose),
              keys.header1.expose(kExpose), keys.block1.expose(kExpose)}),
      to_bytes(out.expose(kExpose)));

  Bytes sid(16);
  blake2b({},
          {as_bytes("tocsin/1 sid"), th.view(), alice_.identity.public_key.view(),
           alice_.signing.public_key.view(), bob_.identity.public_key.view(),
           bob_.signing.public_key.view()},
          sid);
  EXPECT_EQ(
      to_bytes(session_id_of(transcript, {alice_.identity.public_key, alice_.signing.public_key},
                             {bob_.identity.public_key, bob_.signing.public_key})
                   .view()),
      sid);
}

// FCT-3.3
TEST_F(FirstContactTest, ThePskComesFromTheLinkOrIsZero) {
  Bytes want(32);
  blake2b(link_.expose(kExpose), {as_bytes("tocsin/1 psk")}, want);
  EXPECT_EQ(to_bytes(psk_.expose(kExpose)), want);
  EXPECT_TRUE(is_all_zero(no_psk().expose(kExpose)));
}

// FCT-2.2: the body is record, length, inner message and zeros, under kEnv and a zero nonce.
TEST_F(FirstContactTest, NoByteOfTheEnvelopeCanBeChanged) {
  const Meeting meeting = approach(alice_, bob_, psk_, rng_);
  ASSERT_TRUE(opened(meeting.initiated.envelope));
  for (std::size_t place = 0; place < kEnvelopeBytes; place += place < 1100 ? 7 : 61) {
    Envelope changed = meeting.initiated.envelope;
    changed.mutable_view()[place] ^= 0x01;
    const auto letter = opened(changed);
    ASSERT_FALSE(letter) << place;
    EXPECT_EQ(letter.error().code, kUnopenable);
  }
}

// FCT-6.2: low-order e, and its top bit.
TEST_F(FirstContactTest, ALowOrderEphemeralKeyAnswersLikeNoise) {
  Envelope envelope = approach(alice_, bob_, psk_, rng_).initiated.envelope;
  const Envelope honest = envelope;
  for (const std::uint8_t low : {std::uint8_t{0}, std::uint8_t{1}}) {
    wipe(envelope.mutable_view().first(32));
    envelope.mutable_view()[0] = low;
    EXPECT_EQ(opened(envelope).error().code, kUnopenable);
  }
  Envelope top = honest;
  top.mutable_view()[31] ^= 0x80;
  EXPECT_EQ(opened(top).error().code, kUnopenable);
}

// FCT-8.1: each key of the card is bound.
TEST_F(FirstContactTest, AnotherCardPeerOrLinkDoesNotOpen) {
  const Meeting meeting = approach(alice_, bob_, psk_, rng_);
  EXPECT_EQ(code_with(bob_.card, meeting), Code{});
  CardKeys other_card = bob_.card;
  other_card.card = rng_.draw<CardId>();
  EXPECT_EQ(code_with(other_card, meeting), kUnopenable);
  EXPECT_EQ(FirstContactOpened::open(meeting.initiated.envelope, bob_.responder(no_psk()), rng_)
                .error()
                .code,
            kUnopenable);
  const Person carol(rng_);
  EXPECT_EQ(FirstContactOpened::open(meeting.initiated.envelope, carol.responder(psk_), rng_)
                .error()
                .code,
            kUnopenable);
  CardKeys other_prekey_id = bob_.card;
  other_prekey_id.prekey_id = 8;
  EXPECT_EQ(code_with(other_prekey_id, meeting), kForbiddenMessage);
}

// FCT-6.4: the record names somebody who did not write the inside.
TEST_F(FirstContactTest, AForeignIdentityInTheRecordIsRefused) {
  Meeting meeting = approach(alice_, bob_, psk_, rng_);
  const Person carol(rng_);
  meeting.claims.identity = carol.identity.public_key;
  EXPECT_EQ(code_with(bob_.card, meeting), kForbiddenMessage);
}

// FCT-8.2: another signing key or KEM offer gives another session, on which nothing opens.
TEST_F(FirstContactTest, AnotherSigningKeyGivesAnotherSession) {
  Meeting meeting = approach(alice_, bob_, psk_, rng_);
  meeting.claims.signing = rng_.draw<SigningPublic>();
  const auto responded = answered(meeting);
  ASSERT_TRUE(responded);
  EXPECT_NE(responded->session.id(), meeting.initiated.session.id());
}

// FCT-6.5: a first contact whose parts were put together from two.
class SplicedTest : public FirstContactTest {
 protected:
  Code spliced(const RecordBytes& bound, const RecordBytes& sent, std::size_t length) {
    return code_of({.initiator = alice_,
                    .responder = bob_,
                    .psk = psk_,
                    .record = sent,
                    .signing = alice_.signing.public_key,
                    .bound = bound,
                    .inner_plain = length});
  }
  Code code_of(const ByHand& order) {
    auto letter = opened(seal_by_hand(order, rng_));
    if (!letter) return letter.error().code;
    const RecordClaims claims{alice_.identity.public_key, alice_.signing.public_key,
                              make_kem_pair(rng_).public_key};
    auto responded = std::move(*letter).accept({.identity = bob_.inner(),
                                                .card = bob_.card,
                                                .secrets = bob_.secrets,
                                                .claims = claims,
                                                .rng = rng_});
    return responded ? Code{} : responded.error().code;
  }
};

// FCT-4.2, FCT-6.5
TEST_F(SplicedTest, TheInnerBindingTiesTranscriptAndRecord) {
  const RecordBytes record = rng_.draw<RecordBytes>();
  EXPECT_EQ(spliced(record, record, kFirstContactInnerPlain), Code{});
  RecordBytes other = record;
  other.mutable_view()[1500] ^= 1;
  EXPECT_EQ(spliced(record, other, kFirstContactInnerPlain), kUnopenable);
  EXPECT_EQ(spliced(record, record, kFirstContactInnerPlain - 16), kUnopenable);
}

// FCT-2.2: length and padding of the sealed body.
TEST_F(SplicedTest, ABodyWithAWrongLengthOrPaddingIsRefused) {
  const auto code = [&](std::function<void(Bytes&)> change) {
    return code_of({.initiator = alice_,
                    .responder = bob_,
                    .psk = psk_,
                    .record = {},
                    .signing = alice_.signing.public_key,
                    .change_body = std::move(change)});
  };
  EXPECT_EQ(code(nullptr), Code{});
  EXPECT_EQ(code([](Bytes& body) { body.back() = 1; }), kUnopenable);
  EXPECT_EQ(code([](Bytes& body) { body[kFirstContactRecordBytes + 1] = 0xFF; }), kUnopenable);
}

// FCT-1.1, FCT-5.5: a card with a low-order or non-canonical key is not contacted.
TEST_F(FirstContactTest, ACardWithAnUnusableKeyIsRefusedBeforeAnythingIsSent) {
  CardKeys low = bob_.card;
  low.prekey = PrekeyPublic{};
  EXPECT_EQ(FirstContactDraft::create(low, psk_, rng_).error().code, kBadKey);
  CardKeys high = bob_.card;
  high.identity.mutable_view()[31] |= 0x80;
  EXPECT_EQ(FirstContactDraft::create(high, psk_, rng_).error().code, kBadKey);
  CardKeys unsigned_prekey = bob_.card;
  unsigned_prekey.prekey_signature = Signature{};
  FirstContactDraft draft = FirstContactDraft::create(unsigned_prekey, psk_, rng_).value();
  const RecordBytes record;
  const auto sealed = std::move(draft).seal({.identity = alice_.inner(),
                                             .signing = {},
                                             .record = record,
                                             .content = {},
                                             .hour = {},
                                             .rng = rng_});
  EXPECT_EQ(sealed.error().code, kBadSignature);
}

// FCT-6.3, trap S4: every time it is opened the transcript is the same, so the table knows it.
TEST_F(FirstContactTest, AReplayHasTheTranscriptOfTheOriginal) {
  const Meeting meeting = approach(alice_, bob_, psk_, rng_);
  const auto once = opened(meeting.initiated.envelope);
  const auto again = opened(meeting.initiated.envelope);
  ASSERT_TRUE(once && again);
  EXPECT_EQ(once->transcript(), again->transcript());
  EXPECT_EQ(once->transcript(), meeting.initiated.transcript);
}

// FCT-8.3: both begin at the same moment: two sessions, and both work.
TEST_F(FirstContactTest, CrossingFirstContactsGiveTwoWorkingSessions) {
  Meeting from_alice = approach(alice_, bob_, psk_, rng_, "from alice");
  Meeting from_bob = approach(bob_, alice_, no_psk(), rng_, "from bob");
  auto at_bob = answer(bob_, from_alice, psk_, rng_);
  auto at_alice = answer(alice_, from_bob, no_psk(), rng_);
  ASSERT_TRUE(at_bob && at_alice);
  EXPECT_NE(at_bob->session.id(), at_alice->session.id());

  End a1(alice_, std::move(from_alice.initiated.session), rng_);
  End b1(bob_, std::move(at_bob->session), rng_);
  End b2(bob_, std::move(from_bob.initiated.session), rng_);
  End a2(alice_, std::move(at_alice->session), rng_);
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(text_of(a1.open(b1.seal("one"))), "one");
    EXPECT_EQ(text_of(b2.open(a2.seal("two"))), "two");
    EXPECT_EQ(text_of(b1.open(a1.seal("three"))), "three");
    EXPECT_EQ(text_of(a2.open(b2.seal("four"))), "four");
  }
}

// FCT-6.1
TEST_F(FirstContactTest, AnAnonymousInitiatorNeedsNoSigningKey) {
  FirstContactDraft draft = FirstContactDraft::create(bob_.card, psk_, rng_).value();
  const RecordBytes record = rng_.draw<RecordBytes>();
  const RecordClaims claims{alice_.identity.public_key, {}, draft.kem_offer()};
  Initiated initiated = std::move(draft)
                            .seal({.identity = alice_.inner(),
                                   .signing = {},
                                   .record = record,
                                   .content = as_bytes("quiet"),
                                   .hour = {},
                                   .rng = rng_})
                            .value();
  Meeting meeting{std::move(initiated), record, claims};
  const auto responded = answered(meeting);
  ASSERT_TRUE(responded);
  EXPECT_EQ(responded->session.id(), meeting.initiated.session.id());
  EXPECT_TRUE(responded->session.peer().signing.is_zero());
}

}  // namespace
}  // namespace tocsin

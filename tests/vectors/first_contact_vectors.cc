// One honest first contact, and one for each reason to refuse one.
#include <gtest/gtest.h>

#include "protocol/codes.h"
#include "protocol/pairing/respond.h"
#include "tests/support/first_contact_by_hand.h"
#include "tests/vectors/vector_people.h"

namespace tocsin::vectors {
namespace {

using namespace testing_support;

std::string name_of_code(Code code) {
  if (code == Code{}) return "accepted";
  const std::string_view name = crypto_code_name(code);
  return std::string(name.empty() ? protocol_code_name(code) : name);
}

class Refusals {
 public:
  std::string run() && {
    write_person(text_, "initiator", alice_);
    write_person(text_, "somebody else", carol_);
    write_person(text_, "responder", bob_);
    text_.block("invitation")
        .bytes("link secret (L)", link_.expose(kExpose))
        .bytes("psk", psk_.expose(kExpose));
    honest();
    wrong_bits();
    wrong_card();
    wrong_record();
    wrong_inside();
    crossed();
    return std::move(text_).take();
  }

 private:
  // What the responder says to an envelope under these keys.
  std::string outcome(const Envelope& envelope, const ResponderKeys& keys) {
    auto letter = GuestLetter::read(envelope, keys, rng_);
    if (!letter) return name_of_code(letter.error().code);
    auto responded = std::move(*letter).accept(keys, rng_);
    return name_of_code(responded ? Code{} : responded.error().code);
  }
  void refused(std::string_view name, const Envelope& envelope, std::string_view expected) {
    refused(name, envelope, bob_.responder(psk_), expected);
  }
  void refused(std::string_view name, const Envelope& envelope, const ResponderKeys& keys,
               std::string_view expected) {
    const std::string got = outcome(envelope, keys);
    EXPECT_EQ(got, expected) << name;
    text_.block(name).bytes("envelope", envelope.view()).word("outcome", got);
  }

  RecordBytes a_record(const Person& person) {
    return record_of(person, make_kem_pair(rng_).public_key, rng_);
  }
  // A first contact of the initiator's, with something changed.
  Envelope by_hand(const std::function<void(ByHand&)>& change) {
    ByHand order{.initiator = alice_,
                 .responder = bob_,
                 .psk = psk_,
                 .record = a_record(alice_),
                 .signing = alice_.signing.public_key};
    change(order);
    return seal_by_hand(order, rng_);
  }

  void honest() {
    const Meeting meeting = meet(alice_, bob_, psk_, "hello, may I ask something?", rng_);
    envelope_ = meeting.initiated.envelope;
    const auto letter = FirstContactOpened::open(envelope_, bob_.responder(psk_), rng_).value();
    text_.block("honest")
        .bytes("envelope", envelope_.view())
        .bytes("transcript (th)", letter.transcript().view())
        .bytes("record", letter.record().view())
        .bytes("sid", meeting.initiated.session.id().view())
        .bytes("content, without padding", as_bytes("hello, may I ask something?"))
        .word("outcome", outcome(envelope_, bob_.responder(psk_)));
    text_.block("replayed: the transcript is in the replay table")
        .bytes("transcript (th)", letter.transcript().view())
        .word("outcome", "Duplicate");
  }

  void wrong_bits() {
    Envelope bad = envelope_;
    bad.mutable_view()[5] ^= 0x10;
    refused("a bit of e", bad, "unopenable");
    bad = envelope_;
    bad.mutable_view()[31] ^= 0x80;
    refused("the top bit of e, which X25519 ignores", bad, "unopenable");
    bad = envelope_;
    bad.mutable_view()[700] ^= 0x01;
    refused("a bit of ct", bad, "unopenable");
    bad = envelope_;
    bad.mutable_view()[2000] ^= 0x01;
    refused("a bit of the sealed part", bad, "unopenable");
    bad = envelope_;
    wipe(bad.mutable_view().first(32));
    refused("e of low order", bad, "unopenable");
    refused("padding that is not zero", by_hand([&](ByHand& order) {
              order.change_body = [](Bytes& body) { body.back() = 1; };
            }),
            "unopenable");
  }

  void wrong_card() {
    CardKeys card = bob_.card;
    card.card = rng_.draw<CardId>();
    text_.comment("the responder knows another card: id " + to_hex(card.card.view()));
    refused("another card id", envelope_, {bob_.inner(), card, bob_.secrets, psk_}, "unopenable");
    const Person old(rng_);
    write_person(text_, "the keys of an older card", old);
    refused("sealed to an older card number",
            meet(alice_, old, psk_, "to the old card", rng_).initiated.envelope, "unopenable");
    const Psk none = no_psk();
    refused("without the invitation's secret",
            meet(alice_, bob_, none, "no link", rng_).initiated.envelope, "unopenable");
    card = bob_.card;
    card.prekey_id = 8;
    refused("another signed prekey id in the card (8)", envelope_,
            {bob_.inner(), card, bob_.secrets, psk_}, "forbidden_message");
    refused("an older version in the transcript",
            by_hand([&](ByHand& order) { order.version = 0; }), "unopenable");
  }

  void wrong_record() {
    refused("record of another version",
            by_hand([&](ByHand& order) { order.record.mutable_view()[0] = 0; }),
            "unsupported_version");
    refused("record with padding that is not zero",
            by_hand([&](ByHand& order) { order.record.mutable_view()[1503] = 1; }), "malformed");
    refused("record with a false identity proof",
            by_hand([&](ByHand& order) { order.record.mutable_view()[80] ^= 1; }), "bad_signature");
    refused("record with a false signing proof",
            by_hand([&](ByHand& order) { order.record.mutable_view()[140] ^= 1; }),
            "bad_signature");
    refused("record with its signing key stripped",
            by_hand([&](ByHand& order) { wipe(order.record.mutable_view().subspan(38, 32)); }),
            "bad_signature");
    refused("record of somebody else: a foreign identity inside", by_hand([&](ByHand& order) {
              order.record = a_record(carol_);
              order.signing = carol_.signing.public_key;
            }),
            "forbidden_message");
  }

  void wrong_inside() {
    refused("bound to another record",
            by_hand([&](ByHand& order) { order.bound = a_record(alice_); }), "unopenable");
    refused("inner plaintext too short", by_hand([&](ByHand& order) { order.inner_plain -= 16; }),
            "unopenable");
    refused("inner counter 1", by_hand([&](ByHand& order) { order.thrown_away = 1; }),
            "forbidden_message");
    refused("a one-time prekey id present", by_hand([&](ByHand& order) {
              // Field 1 of the protobuf, value 5, behind the version byte.
              order.change_inner = [](Bytes& inner) {
                inner.insert(inner.begin() + 1, {0x08, 0x05});
              };
            }),
            "forbidden_message");
    refused("inner ciphertext changed", by_hand([&](ByHand& order) {
              order.change_inner = [](Bytes& inner) { inner[inner.size() / 2] ^= 1; };
            }),
            "unopenable");
  }

  void crossed() {
    const Psk none = no_psk();
    const Meeting forth = meet(alice_, bob_, psk_, "forth", rng_);
    const Meeting back = meet(bob_, alice_, none, "back", rng_);
    refused("crossed: from the initiator, accepted", forth.initiated.envelope, "accepted");
    refused("crossed: from the responder with a psk of zeros, accepted", back.initiated.envelope,
            alice_.responder(none), "accepted");
    text_.block("crossed: two sessions")
        .bytes("sid of the first", forth.initiated.session.id().view())
        .bytes("sid of the second", back.initiated.session.id().view())
        .word("sends on", forth.initiated.session.id() < back.initiated.session.id()
                              ? "the first"
                              : "the second");
  }

  SeededRng rng_{0xF1257};
  VectorText text_{
      "Vectors of protocol/spec/first-contact.md. Bytes in hexadecimal, numbers in decimal."};
  Person alice_{rng_};
  Person bob_{rng_};
  Person carol_{rng_};
  InvitationSecret link_ = InvitationSecret::random(rng_);
  Psk psk_ = psk_of(link_);
  Envelope envelope_;
};

}  // namespace

VectorFile first_contact_vectors() { return {"first-contact.txt", Refusals().run()}; }

}  // namespace tocsin::vectors

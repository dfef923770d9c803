// tests/support/ratchet_people.h: two people with cards, and the sessions between them.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/box/sign.h"
#include "crypto/kem/kem.h"
#include "crypto/ratchet/first_contact.h"
#include "crypto/ratchet/identity.h"

namespace tocsin::testing_support {

// Everything one person owns for one card.
struct Person {
  explicit Person(Rng& rng);
  Person(Person&&) = default;

  InnerIdentity inner() const { return {identity.public_key, identity.secret}; }
  ResponderKeys responder(const Psk& psk) const { return {inner(), card, secrets, psk}; }

  IdentityPair identity;
  KeyPair<SigningPublic, SigningSecret> signing;
  CardKeys card;
  CardSecrets secrets;
};

// A first contact with a record of random bytes: this room does not look inside.
struct Meeting {
  Initiated initiated;
  RecordBytes record;
  RecordClaims claims;
};
Meeting approach(const Person& initiator, const Person& responder, const Psk& psk, Rng& rng,
                 std::string_view text = "first");
Result<Responded> answer(const Person& responder, const Meeting& meeting, const Psk& psk, Rng& rng);

// One end of a session, with the table of accepted envelopes its owner keeps.
class End {
 public:
  End(const Person& owner, Session session, Rng& rng)
      : owner_(&owner), session_(std::move(session)), rng_(&rng) {}

  Result<Sealed> try_seal(std::string_view text, std::size_t copies = 1);
  // Asserts success; remembers the number and checks that it was never used before.
  Envelope seal(std::string_view text);
  OpenOutcome open(const Envelope& envelope);

  // The end as its stored row brings it back.
  End restored() const;

  Session& session() { return session_; }
  const Session& session() const { return session_; }
  const Person& owner() const { return *owner_; }
  Rng& rng() { return *rng_; }

  Hour hour{480'000};
  Day day{20'000};
  SinceUnlock since_unlock = SinceUnlock::kLaterSeal;
  MessageNumber last_number;
  std::map<MessageNumber, BodyHash> sent;  // hash of the text, per number ever used

 private:
  const Person* owner_;
  Session session_;
  Rng* rng_;
  std::map<EnvelopeDigest, Day> accepted_;
};

// The text of an outcome, without its padding; nothing when it was not Opened.
std::optional<std::string> text_of(const OpenOutcome& outcome);
std::string name_of(const OpenOutcome& outcome);

// Two ends after the first contact was accepted.
struct Pair {
  Person alice;
  Person bob;
  std::optional<End> a;  // initiator
  std::optional<End> b;  // responder
};
// On the heap: the ends point to their people.
std::unique_ptr<Pair> make_pair_of_ends(Rng& rng);
// The same after one message each way: the initiator is past its prekey form.
std::unique_ptr<Pair> make_talking_pair(Rng& rng);

}  // namespace tocsin::testing_support

#include "tests/support/ratchet_people.h"

#include <gtest/gtest.h>

#include "crypto/box/hash.h"

namespace tocsin::testing_support {
namespace {

CardSecrets take_secrets(PrekeyPair prekey, KemPair kem) {
  return {std::move(prekey.secret), std::move(kem.secret)};
}

CardKeys card_of(const IdentityPair& identity, const SigningPublic& signing,
                 const PrekeyPublic& prekey, const KemPublic& kem, Rng& rng) {
  CardKeys card;
  card.card = rng.draw<CardId>();
  card.identity = identity.public_key;
  card.signing = signing;
  card.prekey_id = 7;
  card.prekey = prekey;
  card.prekey_signature = sign_prekey(identity.secret, prekey, rng).value();
  card.kem = kem;
  return card;
}

}  // namespace

Person::Person(Rng& rng)
    : identity(make_identity_pair(rng)), signing(make_signing_pair(rng)), secrets([&] {
        PrekeyPair prekey = make_prekey_pair(rng);
        KemPair kem = make_kem_pair(rng);
        card = card_of(identity, signing.public_key, prekey.public_key, kem.public_key, rng);
        return take_secrets(std::move(prekey), std::move(kem));
      }()) {}

Meeting approach(const Person& initiator, const Person& responder, const Psk& psk, Rng& rng,
                 std::string_view text) {
  FirstContactDraft draft = FirstContactDraft::create(responder.card, psk, rng).value();
  const RecordBytes record = rng.draw<RecordBytes>();
  const RecordClaims claims{initiator.identity.public_key, initiator.signing.public_key,
                            draft.kem_offer()};
  Initiated initiated = std::move(draft)
                            .seal({.identity = initiator.inner(),
                                   .signing = initiator.signing.public_key,
                                   .record = record,
                                   .content = as_bytes(text),
                                   .hour = Hour{480'000},
                                   .rng = rng})
                            .value();
  return {std::move(initiated), record, claims};
}

Result<Responded> answer(const Person& responder, const Meeting& meeting, const Psk& psk,
                         Rng& rng) {
  FirstContactOpened opened =
      TRY(FirstContactOpened::open(meeting.initiated.envelope, responder.responder(psk), rng));
  if (opened.record() != meeting.record) return fail(kMalformed, "record in the test");
  return std::move(opened).accept({.identity = responder.inner(),
                                   .card = responder.card,
                                   .secrets = responder.secrets,
                                   .claims = meeting.claims,
                                   .rng = rng});
}

Result<Sealed> End::try_seal(std::string_view text, std::size_t copies) {
  auto sealed = session_.seal(as_bytes(text), {.identity = owner_->inner(),
                                               .rng = *rng_,
                                               .timing = {hour, since_unlock},
                                               .copies = copies});
  if (!sealed) return sealed;
  last_number = sealed->number;
  const bool unused = sent.emplace(sealed->number, body_hash_of(as_bytes(text))).second;
  EXPECT_TRUE(unused) << "message key used twice: epoch " << sealed->number.epoch.value
                      << " counter " << sealed->number.counter;
  return sealed;
}

Envelope End::seal(std::string_view text) {
  auto sealed = try_seal(text);
  EXPECT_TRUE(sealed.has_value()) << (sealed ? "" : sealed.error().where);
  return sealed ? sealed->copies.front() : Envelope{};
}

OpenOutcome End::open(const Envelope& envelope) {
  const EnvelopeDigest digest = digest_of(envelope);
  if (accepted_.contains(digest)) return Duplicate{};
  OpenOutcome outcome = session_.open(envelope, {owner_->inner(), *rng_, day});
  if (commit_of(outcome) != OpenCommit::kNothing) accepted_.emplace(digest, day);
  return outcome;
}

End End::restored() const {
  const SecretBytes row = session_.encode();
  End copy(*owner_, Session::decode(row.expose(kExpose)).value(), *rng_);
  copy.hour = hour;
  copy.day = day;
  copy.since_unlock = since_unlock;
  copy.last_number = last_number;
  copy.sent = sent;
  copy.accepted_ = accepted_;
  return copy;
}

std::optional<std::string> text_of(const OpenOutcome& outcome) {
  const auto* opened = std::get_if<Opened>(&outcome);
  if (opened == nullptr) return std::nullopt;
  const std::string_view padded = as_text(opened->content.expose(kExpose));
  const std::size_t end = padded.find('\0');
  return std::string(padded.substr(0, end));
}

std::string name_of(const OpenOutcome& outcome) {
  struct Name {
    std::string operator()(const Opened&) const { return "Opened"; }
    std::string operator()(const Duplicate&) const { return "Duplicate"; }
    std::string operator()(const Unopenable& why) const {
      static constexpr const char* kCauses[] = {"no-key",      "header", "kem-block",
                                                "message-key", "body",   "inner-refused"};
      return std::string("Unopenable ") + kCauses[static_cast<std::size_t>(why.cause)];
    }
    std::string operator()(const Forked&) const { return "Forked"; }
    std::string operator()(const RolledBack&) const { return "RolledBack"; }
    std::string operator()(const CannotNow&) const { return "CannotNow"; }
  };
  return std::visit(Name{}, outcome);
}

std::unique_ptr<Pair> make_pair_of_ends(Rng& rng) {
  std::unique_ptr<Pair> pair(new Pair{Person(rng), Person(rng), std::nullopt, std::nullopt});
  const Psk psk = no_psk();
  Meeting meeting = approach(pair->alice, pair->bob, psk, rng);
  Responded responded = answer(pair->bob, meeting, psk, rng).value();
  pair->a.emplace(pair->alice, std::move(meeting.initiated.session), rng);
  pair->b.emplace(pair->bob, std::move(responded.session), rng);
  return pair;
}

std::unique_ptr<Pair> make_talking_pair(Rng& rng) {
  auto pair = make_pair_of_ends(rng);
  EXPECT_EQ(text_of(pair->a->open(pair->b->seal("welcome"))), "welcome");
  EXPECT_EQ(text_of(pair->b->open(pair->a->seal("thanks"))), "thanks");
  return pair;
}

}  // namespace tocsin::testing_support

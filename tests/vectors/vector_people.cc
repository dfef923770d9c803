#include "tests/vectors/vector_people.h"

namespace tocsin::vectors {

using testing_support::Meeting;
using testing_support::Person;

void write_person(VectorText& text, std::string_view name, const Person& person) {
  text.block(name)
      .bytes("identity secret", person.identity.secret.expose(kExpose))
      .bytes("identity public (IK)", person.identity.public_key.view())
      .bytes("signing seed", person.signing.secret.expose(kExpose))
      .bytes("signing public (SIG)", person.signing.public_key.view())
      .bytes("card id (cid)", person.card.card.view())
      .number("signed prekey id (spkId)", person.card.prekey_id)
      .bytes("signed prekey secret", person.secrets.prekey.expose(kExpose))
      .bytes("signed prekey public (SPK)", person.card.prekey.view())
      .bytes("signed prekey signature (spkSig)", person.card.prekey_signature.view())
      .bytes("KEM secret", person.secrets.kem.expose(kExpose))
      .bytes("KEM public", person.card.kem.view());
}

RecordBytes record_of(const Person& person, const KemPublic& kem_offer, Rng& rng) {
  const RecordOrder order{.generation = 1,
                          .reply = {.relay = {.curve = rng.draw<CurvePublic>(),
                                              .store_pin = rng.draw<StorePin>(),
                                              .host = "relay.example",
                                              .port = 7443},
                                    .drop = rng.draw<DropId>()}};
  return issue_record(order, {person.inner(), &person.signing.secret}, kem_offer, rng).value();
}

Meeting meet(const Person& initiator, const Person& responder, const Psk& psk,
             std::string_view words, Rng& rng) {
  FirstContactDraft draft = FirstContactDraft::create(responder.card, psk, rng).value();
  const RecordBytes record = record_of(initiator, draft.kem_offer(), rng);
  const RecordClaims claims = claims_of(check_record(record).value());
  Initiated initiated = std::move(draft)
                            .seal({.identity = initiator.inner(),
                                   .signing = initiator.signing.public_key,
                                   .record = record,
                                   .content = as_bytes(words),
                                   .hour = Hour{480'000},
                                   .rng = rng})
                            .value();
  return {std::move(initiated), record, claims};
}

}  // namespace tocsin::vectors

// tests/vectors/vector_people.h: the keys of the people in the ratchet's vectors, written out.
#pragma once

#include "protocol/pairing/record.h"
#include "tests/support/ratchet_people.h"
#include "tests/vectors/vector_text.h"

namespace tocsin::vectors {

// Everything a reader needs to play this person.
void write_person(VectorText& text, std::string_view name, const testing_support::Person& person);

// The record of this person, offering `kem_offer` and an answer to a fixed mailbox.
RecordBytes record_of(const testing_support::Person& person, const KemPublic& kem_offer, Rng& rng);

// A full first contact with such a record.
testing_support::Meeting meet(const testing_support::Person& initiator,
                              const testing_support::Person& responder, const Psk& psk,
                              std::string_view words, Rng& rng);

}  // namespace tocsin::vectors

// protocol/pairing/respond.h: the responder's steps R1 … R5 of a first contact, in the order that
// keeps strangers cheap.
//
// Spec:    protocol/spec/first-contact.md FCT-6
// Shape:   GuestLetter::read (R1, R2) → look transcript() up in the replay table (R3): found means
//          Duplicate → accept (R4, R5) → one transaction (R6)
// Errors:  cannot_now (local fault: no acknowledgement); every other code means Unopenable: count,
//          change no table, acknowledge (R7)
// Threads: values only
// Cost:    about 0.1 ms for what is not a first contact to this card
#pragma once

#include "protocol/pairing/record.h"

namespace tocsin {

class GuestLetter {
 public:
  // The envelope came to the mailbox of this card, was in no digest table, and no session of this
  // mailbox recognises it (R0).
  static Result<GuestLetter> read(const Envelope& envelope, const ResponderKeys& keys, Rng& rng);

  const Transcript& transcript() const { return opened_.transcript(); }
  // Checked: the proofs hold. Not yet authenticated: only accept() shows that IK wrote it.
  const FirstContactRecord& record() const { return record_; }

  Result<Responded> accept(const ResponderKeys& keys, Rng& rng) &&;

 private:
  GuestLetter(FirstContactOpened opened, FirstContactRecord record)
      : opened_(std::move(opened)), record_(std::move(record)) {}

  FirstContactOpened opened_;
  FirstContactRecord record_;
};

}  // namespace tocsin

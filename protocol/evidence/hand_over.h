// protocol/evidence/hand_over.h: evidence goes from one custodian to another, signed by both.
//
// Spec:    protocol/spec/custody.md CUS-3
// Shape:   one envelope of document kind hand-over with two signatures
// Errors:  malformed, unsupported_version, forbidden_value, not_plain_text, bad_signature
// Threads: values only
#pragma once

#include "protocol/evidence/custody.h"

namespace tocsin {

struct HandOverSide {
  SigningPublic key;
  CustodyHead head;  // before the hand-over; of a chain that does not exist yet, zero
  friend bool operator==(const HandOverSide&, const HandOverSide&) = default;
};

struct HandOver {
  CaseId case_id;
  HandOverSide giver;
  HandOverSide taker;
  std::uint64_t seconds = 0;  // since 1970; a claim
  FileId file;
  Sha256 content;
  std::string why;
  friend bool operator==(const HandOver&, const HandOver&) = default;
};

Result<Bytes> encode_hand_over(const HandOver& hand_over);
Result<HandOver> decode_hand_over(BytesView body);
HandOverHash hash_of_hand_over(BytesView body);

// What it says, if both sides signed it and nobody else did.
Result<HandOver> open_hand_over(const Dsse& envelope);

}  // namespace tocsin

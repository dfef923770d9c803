// protocol/pairing/initiate.h: the initiator's steps I3 … I5 of a first contact, after the card was
// checked.
//
// Spec:    protocol/spec/first-contact.md FCT-7
// Errors:  bad_key, bad_signature (the card), malformed (the reply address), too_large, cannot_now
// Threads: values only
#pragma once

#include "protocol/pairing/check_card.h"
#include "protocol/pairing/record.h"

namespace tocsin {

struct InitiateOrder {
  const RecordAuthor& author;
  const RecordOrder& record;
  BytesView content;  // at most kContentFirst, header included
  Hour hour;
};

// Commit the session and the envelope in one transaction before the envelope leaves, to the first
// route of the card that welcomes us, and retry those same bytes only there (FCT-7.3).
Result<Initiated> initiate(const CheckedCard& card, const Psk& psk, const InitiateOrder& order,
                           Rng& rng);

}  // namespace tocsin

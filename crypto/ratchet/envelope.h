// crypto/ratchet/envelope.h: the outer envelope around one inner message: layout and seals, no
// state.
//
// Spec:    protocol/spec/session.md SES-4
// Shape:   in   inner message, 1 … kMaxInnerPlain (kMaxInnerWithKem beside a KEM block)
//          out  exactly kEnvelopeBytes
// Layout:  nonce 24 B | sealed header 56 B | [sealed KEM block 2,213 B] | sealed body
// Secrets: header, KEM block and message key of one envelope, borrowed
// Errors:  bad_ciphertext (one answer for every cause), malformed (opened, but not what an honest
//          sender writes)
// Threads: values only
#pragma once

#include <optional>

#include "crypto/base/codec.h"
#include "crypto/base/strong.h"
#include "crypto/ratchet/limits.h"

namespace tocsin {

using Envelope = Fixed<struct EnvelopeTag, kEnvelopeBytes>;

// A sending epoch: even ones belong to the initiator, odd ones to the responder.
using Epoch = Strong<struct EpochTag, std::uint32_t>;

// One message of a session, in one direction or the other: never used twice.
struct MessageNumber {
  Epoch epoch;
  std::uint32_t counter = 0;
  friend constexpr auto operator<=>(const MessageNumber&, const MessageNumber&) = default;
};

// BLAKE2b-128 of an envelope: the row of the caller's table of accepted envelopes.
EnvelopeDigest digest_of(const Envelope& envelope);
// BLAKE2b-128 of an inner message.
BodyHash body_hash_of(BytesView inner);

enum class KemBlock : std::uint8_t { kAbsent, kPresent };

struct OuterHeader {
  KemBlock kem = KemBlock::kAbsent;
  InnerForm form = InnerForm::kPlain;
  MessageNumber number;
  std::uint32_t previous = 0;  // messages in the sender's epoch before this one
  std::optional<Epoch> seen;   // the highest epoch of the receiver's the sender has opened
  BodyHash body;
  friend bool operator==(const OuterHeader&, const OuterHeader&) = default;
};
using OuterHeaderBytes = Fixed<struct OuterHeaderTag, kOuterHeaderBytes>;
OuterHeaderBytes encode_header(const OuterHeader& header);
// malformed: version, reserved bits, or counters no honest sender reaches.
Result<OuterHeader> decode_header(BytesView bytes);

// What a KEM block says: the answer to the receiver's offer, and the sender's next offer.
struct KemOffer {
  KemCiphertext ciphertext;
  KemPublic next;
};
KemDigest digest_of(const KemOffer& offer);

struct EnvelopeKeys {
  const HeaderKey& header;
  const KemBlockKey& block;
  const MessageKey& message;
};
struct EnvelopeContent {
  const OuterHeader& header;
  const KemOffer* offer;  // null without a KEM block
  BytesView inner;
};
// One copy under a nonce of its own.
Envelope seal_envelope(const SessionId& sid, const EnvelopeKeys& keys,
                       const EnvelopeContent& content, const Nonce& nonce);

// Opening goes front to back: what each step needs, the step before has shown.
Result<OuterHeaderBytes> open_header(const SessionId& sid, const HeaderKey& key,
                                     const Envelope& envelope);
Result<KemOffer> open_kem_block(const SessionId& sid, const KemBlockKey& key,
                                const Envelope& envelope);
// The inner message, with its length, padding and hash checked.
Result<SecretBytes> open_body(const SessionId& sid, const MessageKey& key, const Envelope& envelope,
                              const OuterHeader& header);

}  // namespace tocsin

// protocol/pairing/record.h: the record of a first contact: who writes, what is offered, where to
// answer.
//
// Spec:    protocol/spec/first-contact.md FCT-5
// Layout:  version 2 | generation 4 | IK 32 | SIG 32 | idProof 64 | sigProof 64 | kemOffer 1158 |
//          curveKey 32 | storePin 16 | port 2 | host length 1 | host 64 | dropId 32 | zero 1
// Errors:  malformed, unsupported_version, bad_key, bad_signature
// Threads: values only
// Cost:    decoding checks one signature of each kind
#pragma once

#include "crypto/ratchet/first_contact.h"
#include "protocol/pairing/route.h"

namespace tocsin {

inline constexpr std::uint16_t kRecordVersion = 1;
inline constexpr std::size_t kRecordUsedBytes =
    2 + 4 + IdentityPublic::kBytes + SigningPublic::kBytes + 2 * Signature::kBytes +
    KemPublic::kBytes + kRelayKeysBytes + 2 + 1 + kMaxHostBytes + DropId::kBytes;
static_assert(kRecordUsedBytes == 1503 && kRecordUsedBytes < kFirstContactRecordBytes);

struct FirstContactRecord {
  std::uint32_t generation = 0;
  IdentityPublic identity;
  SigningPublic signing;     // zero: none, and then sigProof is zero as well
  Signature identity_proof;  // libsignal's, by IK over "tocsin/1 identity" ‖ SIG
  Signature signing_proof;   // Ed25519 by SIG over "tocsin/1 record" ‖ IK
  KemPublic kem_offer;
  Route reply;
  friend bool operator==(const FirstContactRecord&, const FirstContactRecord&) = default;
};

// The writer of a record.
struct RecordAuthor {
  InnerIdentity identity;
  const SigningSecret* signing = nullptr;  // null: no signing key
};
struct RecordOrder {
  std::uint32_t generation = 0;
  Route reply;
};

// Makes both proofs and encodes. malformed: a reply address a reader would refuse.
Result<RecordBytes> issue_record(const RecordOrder& order, const RecordAuthor& author,
                                 const KemPublic& kem_offer, Rng& rng);

// R2: layout, padding, version, keys and proofs. What passes is what accept() may rely on.
Result<FirstContactRecord> check_record(const RecordBytes& bytes);
RecordClaims claims_of(const FirstContactRecord& record);

// The bytes alone, without making or checking proofs.
Result<RecordBytes> encode_record(const FirstContactRecord& record);
Result<FirstContactRecord> decode_record(const RecordBytes& bytes);

}  // namespace tocsin

// protocol/evidence/custody.h: one custodian's signed, gapless chain of records in one case.
//
// Spec:    protocol/spec/custody.md CUS-1, CUS-2
// Shape:   envelopes of document kind custody, from number 0 on
// Errors:  malformed, unsupported_version, bad_key, bad_signature, not_plain_text, forbidden_value;
//          custody_broken (detail = number of the first record that does not fit), custody_cut,
//          custody_fork (detail = the number)
// Threads: values only
#pragma once

#include <string>
#include <vector>

#include "crypto/box/hash.h"
#include "protocol/alert/dsse.h"
#include "protocol/evidence/limits.h"

namespace tocsin {

enum class CustodyEvent : std::uint8_t {
  kAcquired = 1,
  kSent = 2,
  kReceived = 3,
  kVerified = 4,
  kOpened = 5,
  kExported = 6,
  kHandedOver = 7,
  kTakenOver = 8,
  kErased = 9,
};
constexpr bool is_hand_over(CustodyEvent event) {
  return event == CustodyEvent::kHandedOver || event == CustodyEvent::kTakenOver;
}

// What a record is about.
struct CustodyItem {
  FileId file;
  Sha256 content;    // of the file's bytes
  Sha256 root = {};  // zero while it has no frames
  std::uint64_t frames = 0;
  friend bool operator==(const CustodyItem&, const CustodyItem&) = default;
};

struct CustodyRecord {
  CaseId case_id;
  SigningPublic custodian;
  std::uint64_t number = 0;
  CustodyHash previous;       // zero in number 0
  std::uint64_t seconds = 0;  // since 1970; the custodian's claim
  CustodyEvent event = CustodyEvent::kAcquired;
  CustodyItem item;
  HandOverHash hand_over;  // with a hand-over's events alone
  std::string who;
  std::string why;
  friend bool operator==(const CustodyRecord&, const CustodyRecord&) = default;
};

Result<Bytes> encode_custody_record(const CustodyRecord& record);
Result<CustodyRecord> decode_custody_record(BytesView body);
CustodyHash hash_of_custody_record(BytesView body);

// How long a chain is and what its last record hashes to: what others note of it.
struct CustodyHead {
  std::uint64_t length = 0;
  CustodyHash hash;  // zero of no record
  friend bool operator==(const CustodyHead&, const CustodyHead&) = default;
};

// What happened, as its custodian says it.
struct CustodyEntry {
  std::uint64_t seconds = 0;
  CustodyEvent event = CustodyEvent::kAcquired;
  CustodyItem item;
  HandOverHash hand_over;
  std::string who;
  std::string why;
};

// Where a chain ends: enough to write or check its next record, however long it is.
struct CustodyTip {
  CaseId case_id;
  SigningPublic custodian;
  CustodyHead head;
};
// Signed with the custodian's key; the envelope is to be kept. Another key is bad_key.
Result<Dsse> sign_next_record(const SigningSecret& key, const CustodyTip& tip,
                              const CustodyEntry& entry);
// What the envelope says, when it is the record that follows.
Result<CustodyRecord> read_next_record(const CustodyTip& tip, const Dsse& envelope);

class CustodyChain {
 public:
  CustodyChain(const CaseId& case_id, const SigningPublic& custodian);
  // Every record there is, oldest first; refused as a whole where one does not fit. Whose chain it
  // is says the chain itself: who expects a certain custodian compares the key.
  static Result<CustodyChain> read(std::span<const Dsse> envelopes);

  Result<Dsse> append(const SigningSecret& key, const CustodyEntry& entry);
  // The next record, from outside. On an error nothing changed.
  Status accept(const Dsse& envelope);

  const CaseId& case_id() const { return case_id_; }
  const SigningPublic& custodian() const { return custodian_; }
  const std::vector<CustodyRecord>& records() const { return records_; }
  CustodyHead head() const;
  CustodyTip tip() const { return {case_id_, custodian_, head()}; }
  // Against a head that somebody noted earlier.
  Status check_against(const CustodyHead& noted) const;
  // Against another copy of the same chain.
  Status check_against(const CustodyChain& other) const;

 private:
  CaseId case_id_;
  SigningPublic custodian_;
  std::vector<CustodyRecord> records_;
  std::vector<CustodyHash> hashes_;
};

}  // namespace tocsin

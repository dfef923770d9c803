// client/store/custody_rows.h: cases, both custodians' chains in them, and hand-overs.
//
// Spec:    protocol/spec/custody.md CUS-1, CUS-2, CUS-5
// Secrets: the key of our chain in a case
// Errors:  not_found, damaged, those of crypto/db
// Threads: as the database
// Cost:    a chain's end is found without reading what is before it
#pragma once

#include "client/store/evidence_rows.h"
#include "protocol/evidence/hand_over.h"

namespace tocsin {

using CaseNumber = Strong<struct CaseNumberTag, std::int64_t>;

enum class Custodian : std::uint8_t { kThem = 0, kUs = 1 };

struct CustodyCaseRow {
  CaseNumber id = {};
  ContactId contact = {};
  CaseId case_id = {};
  SigningSecret secret;
  std::string who;
  std::optional<SigningPublic> peer = std::nullopt;
  std::uint64_t peer_length = 0;  // of theirs, what follows from number 0 on; others may wait
  Code fault = {};                // 0: nothing is wrong with their chain
  std::int64_t fault_at = 0;
  bool closed = false;  // this vault came out of a backup: ours was perhaps longer, and ends here
};
Result<CaseNumber> insert_case(Database& db, const CustodyCaseRow& row);
// Who, peer, how far theirs goes, and fault.
Status update_case(Database& db, const CustodyCaseRow& row);
Result<std::optional<CustodyCaseRow>> find_case(Database& db, const CaseId& case_id);
// All with this contact, newest first.
Result<std::vector<CustodyCaseRow>> cases_with(Database& db, ContactId contact);
// Those in which either of both wrote about this file, newest first.
Result<std::vector<CustodyCaseRow>> cases_of_file(Database& db, const FileId& file);

Status insert_record(Database& db, CaseNumber id, Custodian whose, const CustodyRecord& record,
                     const Dsse& envelope);
// Of theirs, what follows from number 0 on, here and below.
Result<CustodyHead> custody_head(Database& db, const CustodyCaseRow& custody, Custodian whose);
// Every record of a chain, oldest first.
Result<std::vector<Dsse>> custody_chain(Database& db, CaseNumber id, Custodian whose);
// Those about one file.
Result<std::vector<CustodyRecord>> custody_of_file(Database& db, CaseNumber id, Custodian whose,
                                                   const FileId& file);
// One by its number, also one that waits for those before it.
Result<std::optional<Dsse>> find_record(Database& db, CaseNumber id, Custodian whose,
                                        std::uint64_t number);
// Of one contact, in all cases.
Result<std::uint64_t> count_their_records(Database& db, ContactId contact);
// Records of theirs that wait for one that has not come.
Result<std::uint64_t> count_waiting(Database& db, const CustodyCaseRow& custody);

// Values are kept.
enum class HandOverStanding : std::uint8_t { kAsked = 1, kAskedOfUs = 2, kSigned = 3 };
struct HandOverRow {
  EvidenceNumber evidence = {};
  HandOverStanding standing = HandOverStanding::kAsked;
  Dsse envelope = {};
};
// One of the same file is replaced.
Status save_hand_over(Database& db, const HandOverRow& row);
Result<std::optional<HandOverRow>> find_hand_over(Database& db, EvidenceNumber id);
// Those of all files exchanged with the contact that both have signed.
Result<std::vector<Dsse>> signed_hand_overs(Database& db, ContactId contact);

}  // namespace tocsin

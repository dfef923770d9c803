// client/engine/custody.h: what happened to files, signed record by record, and handed over.
//
// Spec:    protocol/spec/custody.md CUS-5
// Shape:   our chain and theirs, in cases that are a contact's; every record of ours is told them
// Errors:  not_ready (no hash yet, no record of theirs yet, or nothing to sign), not_plain_text,
//          forbidden_value, those of crypto/db
// Threads: the engine's
#pragma once

#include "client/engine/engine.h"
#include "client/store/custody_rows.h"
#include "protocol/evidence/transfer.h"

namespace tocsin {

// Records in one chain: after that a case goes on in another. Records of one contact in all, some
// 25 MB, and cases; more are not kept.
inline constexpr std::uint64_t kMostChainRecords = 4'096;
inline constexpr std::uint64_t kMostTheirRecords = 16'384;
inline constexpr std::size_t kMostCases = 64;
// Messages overtake each other: so far ahead of the next a record may be, and waits.
inline constexpr std::uint64_t kMostRecordsAhead = 256;

struct CustodyNote {
  CustodyEvent event = CustodyEvent::kOpened;
  std::string why = {};
  std::optional<Instant> at = std::nullopt;  // none: now
};
// Inside the caller's transaction. The row's content must be known.
Status write_custody(Engine& engine, ContactRow& contact, const EvidenceRow& row,
                     const CustodyNote& note);
// The same in a transaction of its own.
Status record_custody(Engine& engine, EvidenceNumber id, const CustodyNote& note);
// Whether somebody can be called that in a record.
Status check_custodian_name(const std::string& who);
// What we call ourselves in the records from now on, with this contact.
Status name_custodian(Engine& engine, ContactId contact, const std::string& who);

// A file that we sent goes over to them: signed, and asked of them.
Status hand_over(Engine& engine, EvidenceNumber id, const std::string& why);
// One that they sent, and ask us to take over: just the document whose number (the first eight
// digits of its hash) the person saw.
Status take_over(Engine& engine, EvidenceNumber id, std::string_view number,
                 const std::string& why);
std::string number_of(const HandOverRow& row);

// What a contact sent, inside the transaction that takes it.
Status take_record(Engine& engine, ContactRow& contact, const EvidenceRow& row,
                   const EvidenceRecord& record);
Status take_hand_over(Engine& engine, ContactRow& contact, const EvidenceRow& row,
                      const EvidenceHandOver& said);

}  // namespace tocsin

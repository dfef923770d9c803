// client/store/evidence_rows.h: files on their way, and where their frames lie.
//
// Spec:    protocol/spec/evidence.md EVI-4
// Secrets: file secrets, owners' keys of blobs
// Errors:  no_such_evidence, damaged, those of crypto/db
// Threads: as the database
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/store/contact_rows.h"
#include "crypto/box/hash.h"
#include "crypto/db/database.h"
#include "protocol/evidence/tree.h"
#include "protocol/wire/address.h"

namespace tocsin {

using EvidenceNumber = Strong<struct EvidenceNumberTag, std::int64_t>;

enum class EvidenceDirection : std::uint8_t { kSent = 1, kReceived = 2 };
// Values are kept. Those of a direction come in this order; everything from kWhole on is over.
enum class EvidenceStanding : std::uint8_t {
  kOffered = 1,  // received: nobody has said yet whether it is wanted
  kMoving = 2,
  kThere = 3,  // sent: all at relays, and its end told
  kWhole = 4,
  kDifferent = 5,
  kRefused = 6,  // by the receiver
  kGivenUp = 7,  // by the sender
  kGone = 8,     // received: frames expired, or do not open
  kChanged = 9,  // sent: the file is not what it was
};
inline bool is_over(EvidenceStanding standing) { return standing >= EvidenceStanding::kWhole; }

struct EvidenceRow {
  EvidenceNumber id = {};
  ContactId contact = {};
  EvidenceDirection direction = EvidenceDirection::kSent;
  FileId file = {};
  FileSecret secret;
  EvidenceStanding standing = EvidenceStanding::kMoving;
  std::string name;
  std::string note;
  std::string path;
  std::uint64_t length = 0;
  Bytes mark = {};
  std::uint64_t rate = 0;  // bytes a second at most; 0: as fast as it goes
  FrameTree tree = {};     // over the frames that are durably there
  std::uint64_t taken = 0;
  std::optional<Sha256> content = std::nullopt;
  std::optional<Sha256> root = std::nullopt;
  Instant begun = {};
};
Result<EvidenceNumber> insert_evidence(Database& db, const EvidenceRow& row);
// Everything but what it was begun with.
Status update_evidence(Database& db, const EvidenceRow& row);
Result<std::vector<EvidenceRow>> all_evidence(Database& db);
// Those for which there may be something to do.
Result<std::vector<EvidenceRow>> moving_evidence(Database& db);
Result<EvidenceRow> load_evidence(Database& db, EvidenceNumber id);
Result<std::optional<EvidenceRow>> find_evidence(Database& db, ContactId contact,
                                                 const FileId& file);
// By whomever.
Result<std::optional<EvidenceRow>> find_evidence(Database& db, const FileId& file);

struct EvidencePlaceRow {
  EvidenceNumber evidence = {};
  std::uint64_t first = 0;
  std::uint32_t frames = 0;
  RelayAddress relay = {};
  std::optional<ReadId> blob = std::nullopt;
  std::optional<OwnerSecret> owner = std::nullopt;
  bool gone = false;
  std::uint64_t end() const { return first + frames; }
};
// One of the same first frame is replaced.
Status save_place(Database& db, const EvidencePlaceRow& place);
Status erase_place(Database& db, EvidenceNumber id, std::uint64_t first);
// In the order of their frames.
Result<std::vector<EvidencePlaceRow>> places_of(Database& db, EvidenceNumber id);

}  // namespace tocsin

// client/store/evidence_rows.h: files on their way, and where their frames lie.
//
// Spec:    protocol/spec/evidence.md EVI-4
// Secrets: file secrets, owners' keys of blobs, payload keys of age files
// Errors:  no_such_evidence, damaged, those of crypto/db
// Threads: as the database
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/store/contact_rows.h"
#include "crypto/age/payload.h"
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
  kGone = 8,     // frames expired at the relay, or do not open
  kChanged = 9,  // sent: the file is not what it was
};
inline bool is_over(EvidenceStanding standing) { return standing >= EvidenceStanding::kWhole; }
// Every frame of it, whatever is in them.
inline bool has_arrived(EvidenceStanding standing) {
  return standing == EvidenceStanding::kWhole || standing == EvidenceStanding::kDifferent;
}

// What tells a file from what it becomes when somebody writes to it.
struct FileMark {
  std::uint64_t length = 0;
  std::int64_t modified_seconds = 0;
  std::int64_t modified_nanoseconds = 0;
  std::uint64_t inode = 0;
  std::uint64_t device = 0;
  bool operator==(const FileMark&) const = default;
};

// A file inside an age file: read where it is, never written out.
struct AgeInside {
  age::PayloadKey key;
  std::uint64_t begins = 0;  // where in the age file the payload does
  AgeInside duplicate() const { return {key.duplicate(), begins}; }
};

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
  bool packed = false;       // made for this out of a folder: it goes when this is over
  std::string dropped = {};  // a name to be removed from the disk
  std::uint64_t length = 0;
  std::optional<FileMark> mark = std::nullopt;     // ours
  std::optional<AgeInside> inside = std::nullopt;  // ours; the mark is the age file's
  std::uint64_t rate = 0;                          // bytes a second at most; 0: as fast as it goes
  FrameTree tree = {};                             // over the frames that are durably there
  std::uint64_t taken = 0;
  std::optional<Sha256> content = std::nullopt;
  std::optional<Sha256> root = std::nullopt;
  Code fault = {};  // what held it up last; 0: nothing, or it goes on
  Instant begun = {};
};
Result<EvidenceNumber> insert_evidence(Database& db, const EvidenceRow& row);
// Everything but what it was begun with.
Status update_evidence(Database& db, const EvidenceRow& row);
Result<std::vector<EvidenceRow>> all_evidence(Database& db);
// Those for which there may be something to do.
Result<std::vector<EvidenceRow>> moving_evidence(Database& db);
Result<EvidenceRow> load_evidence(Database& db, EvidenceNumber id);
// With its places, as if it had never been.
Status erase_evidence(Database& db, EvidenceNumber id);
// Those of a contact that nobody has answered yet.
Result<std::size_t> count_offers(Database& db, ContactId contact);
// Whether a row names this place of the disk.
Result<bool> is_path_taken(Database& db, std::string_view path);
// To or from whomever.
Result<std::optional<EvidenceRow>> find_evidence(Database& db, const FileId& file);

// A message about a file whose offer it has overtaken; as it came.
Status keep_early(Database& db, ContactId contact, const FileId& file, BytesView message);
Result<std::size_t> count_early(Database& db, ContactId contact);
// In the order they came; they are gone then.
Result<std::vector<SecretBytes>> take_early(Database& db, ContactId contact, const FileId& file);

struct EvidencePlaceRow {
  EvidenceNumber evidence = {};
  std::uint64_t first = 0;
  std::uint32_t frames = 0;
  RelayAddress relay = {};
  std::optional<ReadId> blob = std::nullopt;
  std::optional<OwnerSecret> owner = std::nullopt;
  bool told = false;  // ours: sealed, and they have the owner's key
  bool gone = false;
  std::uint64_t end() const { return first + frames; }
};
// One of the same first frame is replaced.
Status save_place(Database& db, const EvidencePlaceRow& place);
Status erase_place(Database& db, EvidenceNumber id, std::uint64_t first);
// In the order of their frames.
Result<std::vector<EvidencePlaceRow>> places_of(Database& db, EvidenceNumber id);

}  // namespace tocsin

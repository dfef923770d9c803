// client/engine/evidence.h: files to and from contacts: offered, wanted, moved, given up.
//
// Spec:    protocol/spec/evidence.md EVI-4
// Shape:   what is said travels as messages; frames are moved by the EvidencePort, one job at a
//          time
// Errors:  no_bulk_plane (no relay of ours stores evidence), not_ready, no_such_evidence,
//          out_of_range (not a file of 1 byte to 50 GiB), file_in_the_way, those of crypto/db
// Threads: the engine's
#pragma once

#include "client/engine/engine.h"
#include "protocol/delivery/inbox.h"
#include "protocol/evidence/transfer.h"

namespace tocsin {

// Offers of one contact that nobody has answered yet; more are not kept.
inline constexpr std::size_t kMostOffers = 64;
// Frames of one blob: 64 MiB, after which another file has its turn; a small relay has room for it.
inline constexpr std::uint32_t kFramesAtOnce = 1'024;
// Blobs of one file that are to be fetched: 50 GB in such pieces.
inline constexpr std::size_t kMostPlaces = 1'024;
// Messages of one contact about files whose offers they have overtaken.
inline constexpr std::size_t kMostEarly = 256;
// A file that grows has this behind its name.
inline constexpr std::string_view kPartEnding = ".part";

struct EvidenceOrder {
  ContactId contact = {};
  std::string path;  // absolute
  FileMark mark;
  std::uint64_t length = 0;  // of what is sent: the file's, or of what is inside
  std::optional<AgeInside> inside = std::nullopt;
  bool packed = false;  // the file was made for this: it goes when this is over
  std::string name;
  std::string note;
  std::uint64_t bytes_per_second = 0;  // at most; 0: as fast as it goes
};
// The offer is queued; the frames follow by themselves.
Result<EvidenceNumber> offer_evidence(Engine& engine, EvidenceOrder order);
// An offer is taken: it will grow at this path, which must not exist.
Status want_evidence(Engine& engine, EvidenceNumber id, const std::string& part);
// Given up, or refused; the other side is told, and what lies at relays goes. Of what stopped
// before all of it was here, the part that came is erased: by nobody's word but the person's.
Status cancel_evidence(Engine& engine, EvidenceNumber id);
// Everything of a contact that is not over, inside the caller's transaction.
Status cancel_evidence_with(Engine& engine, ContactRow& contact);
// What lies on this disk only because of what was exchanged with them, and never became whole.
Result<std::vector<std::string>> files_made_for(Engine& engine, ContactId contact);

// How it ended; not saved here.
void end_as(EvidenceRow& row, EvidenceStanding standing);
// What a contact said about a file.
Status take_evidence(Engine& engine, ContactRow& contact, const IncomingMessage& message);
// Tells a contact something about a file, inside the caller's transaction; the row is changed.
Status say_evidence(Engine& engine, ContactRow& contact, const EvidenceMessage& message);

// One look at what the port did, and its next job. True when there was something.
Result<bool> move_evidence(Engine& engine);

}  // namespace tocsin

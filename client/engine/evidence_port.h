// client/engine/evidence_port.h: what the engine asks of whoever moves frames of files.
//
// Spec:    protocol/spec/blob.md, evidence.md EVI-2
// Shape:   one job at a time; what became of it is asked for, and nothing blocks
// Secrets: file secrets, owners' keys, relays' passwords, in a job
// Errors:  in JobFailed: no_relay, no_bulk_plane, relay_refused, blob_gone, file_changed,
//          bad_ciphertext, disk_full, file_fault
// Threads: the engine's; the work is done on one of the mover's own
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "client/store/evidence_rows.h"
#include "client/store/relay_rows.h"

namespace tocsin {

// A file as frames: its keys, and how many there are.
struct FramedFile {
  FileId id;
  FileSecret secret;
  std::uint64_t length = 0;
  std::uint64_t count = 0;
  FramedFile duplicate() const { return {id, secret.duplicate(), length, count}; }
};

// Frames from tree.count() to the end of the place, into a blob that is made when it is not there.
struct SendJob {
  FramedFile file;
  std::string path;
  FileMark mark;
  std::optional<AgeInside> inside;
  RelayRow relay;
  OwnerSecret owner;
  std::uint64_t first = 0;
  std::uint32_t frames = 0;
  FrameTree tree;
  std::uint64_t bytes_per_second = 0;  // of the file, at most; 0: as fast as it goes
};
// Frames from tree.count() to the end of the place, out of a blob and into a file that is there.
struct ReceiveJob {
  FramedFile file;
  std::string path;
  RelayAddress relay;
  ReadId blob;
  std::uint64_t first = 0;
  std::uint32_t frames = 0;
  FrameTree tree;
};
struct EraseJob {
  FileId file;
  std::uint64_t first = 0;  // of the place
  RelayAddress relay;
  ReadId blob;
  OwnerSecret owner;
};
struct HashJob {
  FileId file;
  std::string path;
  std::uint64_t length = 0;
  std::optional<FileMark> mark = std::nullopt;  // of a file that was sent: it must still have it
  std::optional<AgeInside> inside = std::nullopt;
};
// A name of a received file goes; with its last name its bytes, overwritten.
struct DropJob {
  FileId file;
  std::string path;
};
using EvidenceJob = std::variant<SendJob, ReceiveJob, EraseJob, HashJob, DropJob>;

struct BlobMade {
  ReadId blob;
};
struct BlobFull {  // only so many frames are free
  std::uint32_t frames = 0;
};
struct FramesMoved {  // durably
  FrameTree tree;
};
struct FileHashed {
  Sha256 content;
};
struct BlobErased {};
struct NameDropped {};
struct JobDone {};
struct JobWaits {};  // what is to be fetched is not there yet, or it is another file's turn
struct JobFailed {
  Error error;
  bool erasing = false;  // only something that nobody needs any more
};
struct EvidenceReport {
  FileId file;
  std::uint64_t first = 0;  // of the place
  std::variant<BlobMade, BlobFull, FramesMoved, FileHashed, BlobErased, NameDropped, JobDone,
               JobWaits, JobFailed>
      what;
};

class EvidencePort {
 public:
  virtual ~EvidencePort() = default;
  // A job was given, and its last report (done, hashed, erased, waits, full,
  // failed) was not taken yet.
  virtual bool is_busy() const = 0;
  virtual void give(EvidenceJob job) = 0;
  virtual std::vector<EvidenceReport> take_reports() = 0;
  // The job of this file, if it is the one, ends soon with what it has; it reports as ever.
  virtual void break_off(const FileId& file) = 0;
};

}  // namespace tocsin

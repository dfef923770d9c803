// client/evidence/local_file.h: a file on this disk, read or filled at frame places.
//
// Spec:    protocol/spec/evidence.md EVI-1.1, EVI-2.1
// Errors:  no_such_file, file_changed, file_fault (errno), disk_full, out_of_range (not a file of 1
//          byte to 50 GiB)
// Threads: one object, one thread
#pragma once

#include <atomic>
#include <optional>

#include "client/engine/evidence_port.h"
#include "crypto/base/files.h"

namespace tocsin::evidence {

// A plain file; links are followed, as whoever named it meant.
Result<FileMark> mark_of(const Path& path);

class SourceFile {
 public:
  static Result<SourceFile> open(const Path& path, const FileMark& mark);
  // The plaintext of a frame, filled up with zeros. file_changed when the file is not what its mark
  // says.
  Status read_frame(std::uint64_t index, MutableBytes plaintext) const;
  Status check_unchanged() const;
  int descriptor() const { return file_.get(); }

 private:
  SourceFile(FileDescriptor file, FileMark mark) : file_(std::move(file)), mark_(mark) {}
  FileDescriptor file_;
  FileMark mark_;
};

// The SHA-256 of so many bytes from the beginning; file_changed when there are fewer. Stops early,
// with nothing, when asked to.
Result<std::optional<Sha256>> hash_of(int file, std::uint64_t length,
                                      const std::atomic<bool>& stop);
// Read only; never through a link.
Result<FileDescriptor> open_received(const Path& path);

// One that exists already, empty or partly filled; never through a link.
class TargetFile {
 public:
  static Result<TargetFile> open(const Path& path, std::uint64_t length);
  // What of a frame's plaintext belongs to the file.
  Status write_frame(std::uint64_t index, BytesView plaintext) const;
  Status sync() const;

 private:
  TargetFile(FileDescriptor file, std::uint64_t length) : file_(std::move(file)), length_(length) {}
  FileDescriptor file_;
  std::uint64_t length_;
};

}  // namespace tocsin::evidence

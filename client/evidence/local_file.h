// client/evidence/local_file.h: a file on this disk, read or filled at frame places.
//
// Spec:    protocol/spec/evidence.md EVI-1.1, EVI-2.1
// Errors:  no_such_file, file_changed, file_fault (errno), disk_full, out_of_range (not a file of 1
//          byte to 50 GiB); those of crypto/age
// Threads: one object, one thread
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "client/engine/evidence_port.h"
#include "crypto/age/seekable.h"
#include "crypto/base/files.h"

namespace tocsin::evidence {

// A plain file; links are followed, as whoever named it meant.
Result<FileMark> mark_of(const Path& path);

// What is in an age file, for whom it opens to; the file itself is left as it is.
struct OpenedAge {
  AgeInside inside;
  std::uint64_t length = 0;
};
Result<OpenedAge> look_inside(const Path& path, const FileMark& mark, const age::Keys& keys);

class SourceFile {
 public:
  // Of the file, or of what is inside of it. file_changed when it is not what its mark says.
  static Result<SourceFile> open(const Path& path, const FileMark& mark,
                                 const std::optional<AgeInside>& inside);
  std::uint64_t length() const { return inside_ ? inside_->plaintext_bytes() : mark_.length; }
  Status read(std::uint64_t offset, MutableBytes bytes);
  // The plaintext of a frame, filled up with zeros.
  Status read_frame(std::uint64_t index, MutableBytes plaintext);
  // The SHA-256 of all of it. Stops early, with nothing, when asked to.
  Result<std::optional<Sha256>> hash(const std::atomic<bool>& stop);
  Status check_unchanged() const;

 private:
  SourceFile(FileDescriptor file, FileMark mark) : file_(std::move(file)), mark_(mark) {}
  FileDescriptor file_;
  FileMark mark_;
  std::unique_ptr<age::SeekableOpener> inside_;
};

// The SHA-256 of so many bytes from the beginning; file_changed when there are fewer. Stops early,
// with nothing, when asked to.
Result<std::optional<Sha256>> hash_of(int file, std::uint64_t length,
                                      const std::atomic<bool>& stop);
// Read only; never through a link.
Result<FileDescriptor> open_received(const Path& path);

// A name goes. The last one of a plain file takes its bytes with it, overwritten; one of two leaves
// the file to the other. False: stopped before the end, nothing is removed. One that is not there
// is fine.
Result<bool> drop_name(const Path& path, const std::atomic<bool>& stop);

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

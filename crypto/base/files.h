// crypto/base/files.h: small files written so that a crash leaves the old or the new, and a lock.
//
// Spec:    protocol/spec/vault.md VLT-1 (durable writes, lock)
// Errors:  file_not_found, file_exists, disk_full, too_large, locked, file_fault (errno)
// Threads: any; two writers of one path need the lock
#pragma once

#include <filesystem>
#include <utility>

#include "crypto/base/bytes.h"
#include "crypto/base/codes.h"

namespace tocsin {

using Path = std::filesystem::path;

// An open file descriptor, closed on every path.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int value) : value_(value) {}
  FileDescriptor(FileDescriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor();

  int get() const { return value_; }
  bool is_open() const { return value_ >= 0; }

 private:
  int value_ = -1;
};

// An exclusive advisory lock (flock) on a file of mode 0600, held until destroyed or the process
// ends. The file stays: removing it would let two owners lock two files of one name.
class FileLock {
 public:
  static Result<FileLock> acquire(const Path& path);

 private:
  explicit FileLock(FileDescriptor file) : file_(std::move(file)) {}
  FileDescriptor file_;
};

// The error of the system call that just failed: errno as a code and as the detail.
std::unexpected<Error> fail_with_errno(const char* where);

// All of it, from where the descriptor stands.
Status write_all(const FileDescriptor& file, BytesView content);
// What a user may still write into this folder's file system.
Result<std::uint64_t> free_bytes_in(const Path& folder);

Result<bool> file_exists(const Path& path);

// Creates an empty file of mode 0600; it must not exist.
Status create_private_file(const Path& path);

// A new file of mode 0600 with this content, synced with its folder; it must not exist, and when
// it cannot be written there is none.
Status write_private_file(const Path& path, BytesView content);

// The whole content of at most `max` bytes; move a secret into SecretBytes at once.
Result<Bytes> read_file(const Path& path, std::size_t max);

// Writes a neighbour of mode 0600, syncs it, renames it over `path`, syncs the folder. The bytes of
// the file replaced are then overwritten in place.
Status replace_file(const Path& path, BytesView content);

// Writes over the front of an existing file in place and syncs: not safe against a crash, but the
// old bytes are gone where the medium allows it.
Status overwrite_file(const Path& path, BytesView content);

// Overwrites a file in place with zeros, syncs and removes it; a file that is not there is fine.
// It is removed also when it could not be overwritten, which is then the error. Flash storage may
// keep the old blocks.
Status erase_file(const Path& path);

Status sync_file(const Path& path);
Status sync_folder_of(const Path& path);
// Renames and syncs the folder; `to` is replaced when it exists.
Status rename_durably(const Path& from, const Path& to);
// The same, but file_exists when `to` exists.
Status rename_durably_if_absent(const Path& from, const Path& to);

}  // namespace tocsin

#include "crypto/base/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>

namespace tocsin {
namespace {

constexpr mode_t kPrivate = S_IRUSR | S_IWUSR;

Result<FileDescriptor> open_file(const Path& path, int flags) {
  // A folder may be a link the owner made; a file of ours never is.
  const int links = (flags & O_DIRECTORY) != 0 ? 0 : O_NOFOLLOW;
  FileDescriptor file(::open(path.c_str(), flags | links | O_CLOEXEC, kPrivate));
  if (!file.is_open()) return fail_with_errno("open file");
  return file;
}

Status sync(const FileDescriptor& file) {
  if (::fsync(file.get()) != 0) return fail_with_errno("sync file");
  return {};
}

Status overwrite(const FileDescriptor& file) {
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return fail_with_errno("stat file");
  if (::lseek(file.get(), 0, SEEK_SET) < 0) return fail_with_errno("seek file");
  const std::array<std::uint8_t, 4096> zeros{};
  for (auto left = static_cast<std::size_t>(status.st_size); left > 0;) {
    const std::size_t size = std::min(left, zeros.size());
    TRY(write_all(file, BytesView(zeros).first(size)));
    left -= size;
  }
  return sync(file);
}

Path neighbour_of(const Path& path) {
  Path neighbour = path;
  neighbour += ".tmp";
  return neighbour;
}

Status rename_with(const Path& from, const Path& to, unsigned flags) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), flags) != 0)
    return fail_with_errno("rename file");
  return sync_folder_of(to);
}

}  // namespace

Status write_all(const FileDescriptor& file, BytesView content) {
  while (!content.empty()) {
    const ssize_t written = ::write(file.get(), content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail_with_errno("write file");
    content = content.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Result<std::uint64_t> free_bytes_in(const Path& folder) {
  struct statvfs space{};
  if (::statvfs(folder.c_str(), &space) != 0) return fail_with_errno("room of a folder");
  return std::uint64_t{space.f_bavail} * space.f_frsize;
}

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    if (is_open()) ::close(value_);
    value_ = std::exchange(other.value_, -1);
  }
  return *this;
}

FileDescriptor::~FileDescriptor() {
  if (is_open()) ::close(value_);
}

std::unexpected<Error> fail_with_errno(const char* where) {
  const int number = errno;
  switch (number) {
    case ENOENT:
      return fail(kFileNotFound, where, number);
    case EEXIST:
      return fail(kFileExists, where, number);
    case ENOSPC:
    case EDQUOT:
      return fail(kDiskFull, where, number);
    default:
      return fail(kFileFault, where, number);
  }
}

Result<FileLock> FileLock::acquire(const Path& path) {
  FileDescriptor file = TRY(open_file(path, O_RDWR | O_CREAT));
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return fail(kLocked, "lock file");
    return fail_with_errno("lock file");
  }
  return FileLock(std::move(file));
}

Result<bool> file_exists(const Path& path) {
  std::error_code error;
  const bool there = std::filesystem::exists(path, error);
  if (error) return fail(kFileFault, "look for file", error.value());
  return there;
}

Status create_private_file(const Path& path) {
  TRY(open_file(path, O_WRONLY | O_CREAT | O_EXCL));
  return {};
}

Status write_private_file(const Path& path, BytesView content) {
  // One descriptor throughout: by its name somebody else could put a file of theirs in between.
  const FileDescriptor file = TRY(open_file(path, O_WRONLY | O_CREAT | O_EXCL));
  const Status written = [&]() -> Status {
    TRY(write_all(file, content));
    TRY(sync(file));
    return sync_folder_of(path);
  }();
  if (!written.has_value()) ::unlink(path.c_str());
  return written;
}

Result<Bytes> read_file(const Path& path, std::size_t max) {
  const FileDescriptor file = TRY(open_file(path, O_RDONLY));
  // One byte more than allowed tells "exactly max" from "more than max"; the size the file system
  // reports is not trusted.
  Bytes content(max + 1);
  std::size_t size = 0;
  while (size <= max) {
    const MutableBytes rest = MutableBytes(content).subspan(size);
    const ssize_t got = ::read(file.get(), rest.data(), rest.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_with_errno("read file");
    if (got == 0) {
      content.resize(size);
      return content;
    }
    size += static_cast<std::size_t>(got);
  }
  return fail(kTooLarge, "read file", static_cast<std::int64_t>(max));
}

Status replace_file(const Path& path, BytesView content) {
  const Path neighbour = neighbour_of(path);
  // What a crash left there, or somebody put there with other permissions, is not written into.
  TRY(erase_file(neighbour));
  {
    const FileDescriptor file = TRY(open_file(neighbour, O_WRONLY | O_CREAT | O_EXCL));
    TRY(write_all(file, content));
    TRY(sync(file));
  }
  Result<FileDescriptor> old = open_file(path, O_WRONLY);
  if (!old.has_value() && old.error().code != kFileNotFound) return fail(old.error());
  TRY(rename_durably(neighbour, path));
  if (old.has_value()) TRY(overwrite(*old));
  return {};
}

Status overwrite_file(const Path& path, BytesView content) {
  const FileDescriptor file = TRY(open_file(path, O_WRONLY));
  TRY(write_all(file, content));
  return sync(file);
}

Status erase_file(const Path& path) {
  const Result<FileDescriptor> file = open_file(path, O_WRONLY);
  if (!file.has_value())
    return file.error().code == kFileNotFound ? Status() : Status(fail(file.error()));
  // Where writing in place takes new blocks (btrfs, ZFS), a full disk refuses it: the file goes all
  // the same.
  const Status overwritten = overwrite(*file);
  if (::unlink(path.c_str()) != 0) return fail_with_errno("remove file");
  TRY(sync_folder_of(path));
  return overwritten;
}

Status sync_file(const Path& path) { return sync(TRY(open_file(path, O_RDONLY))); }

Status sync_folder_of(const Path& path) {
  const Path folder = path.has_parent_path() ? path.parent_path() : Path(".");
  return sync(TRY(open_file(folder, O_RDONLY | O_DIRECTORY)));
}

Status rename_durably(const Path& from, const Path& to) { return rename_with(from, to, 0); }

Status rename_durably_if_absent(const Path& from, const Path& to) {
  return rename_with(from, to, RENAME_NOREPLACE);
}

}  // namespace tocsin

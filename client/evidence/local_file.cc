#include "client/evidence/local_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "client/codes.h"
#include "crypto/box/openssl.h"
#include "protocol/evidence/padding.h"

namespace tocsin::evidence {
namespace {

Error file_error(const char* where) {
  if (errno == ENOENT) return {kNoSuchFile, where};
  return {errno == ENOSPC || errno == EDQUOT ? kDiskFull : kFileFault, where, errno};
}

Result<FileMark> mark_of_open(int file) {
  struct stat status{};
  if (::fstat(file, &status) != 0) return fail(file_error("file to send"));
  if (!S_ISREG(status.st_mode)) return fail(kOutOfRange, "not a plain file");
  return FileMark{.length = static_cast<std::uint64_t>(status.st_size),
                  .modified_seconds = status.st_mtim.tv_sec,
                  .modified_nanoseconds = status.st_mtim.tv_nsec,
                  .inode = status.st_ino,
                  .device = status.st_dev};
}

off_t place_of(std::uint64_t index) { return static_cast<off_t>(index * kFramePlainBytes); }

Result<FileDescriptor> open_source(const Path& path) {
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.is_open()) return fail(file_error("file to send"));
  return file;
}

Status read_at(int file, std::uint64_t offset, MutableBytes bytes) {
  while (!bytes.empty()) {
    const ssize_t got = ::pread(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(file_error("file to send"));
    if (got == 0) return fail(kFileChanged, "file to send");
    bytes = bytes.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
  return {};
}

age::ReadAt reader_of(int file) {
  return [file](std::uint64_t offset, MutableBytes bytes) { return read_at(file, offset, bytes); };
}

// The SHA-256 of so many bytes that `read` reads; nothing when asked to stop.
Result<std::optional<Sha256>> hash_with(const age::ReadAt& read, std::uint64_t length,
                                        const std::atomic<bool>& stop) {
  constexpr std::uint64_t kAtOnce = std::uint64_t{1} << 20U;
  Sha256Stream hash = TRY(Sha256Stream::create());
  SecretBytes buffer(Bytes(kAtOnce, 0));
  for (std::uint64_t done = 0; done < length;) {
    if (stop.load()) return std::nullopt;
    const MutableBytes part = buffer.expose_mutable(kExpose).first(
        static_cast<std::size_t>(std::min(length - done, kAtOnce)));
    TRY(read(done, part));
    TRY(hash.update(part));
    done += part.size();
  }
  return TRY(hash.finish());
}

}  // namespace

Result<FileMark> mark_of(const Path& path) {
  const FileDescriptor file = TRY(open_source(path));
  const FileMark mark = TRY(mark_of_open(file.get()));
  static_cast<void>(TRY(frames_of(mark.length)));
  return mark;
}

Result<OpenedAge> look_inside(const Path& path, const FileMark& mark, const age::Keys& keys) {
  const FileDescriptor file = TRY(open_source(path));
  const age::SeekableOpener opener =
      TRY(age::SeekableOpener::create(keys, mark.length, reader_of(file.get())));
  static_cast<void>(TRY(frames_of(opener.plaintext_bytes())));
  return OpenedAge{{opener.key().duplicate(), opener.begins()}, opener.plaintext_bytes()};
}

Result<SourceFile> SourceFile::open(const Path& path, const FileMark& mark,
                                    const std::optional<AgeInside>& inside) {
  FileDescriptor file = TRY(open_source(path));
  SourceFile source(std::move(file), mark);
  TRY(source.check_unchanged());
  if (!inside.has_value()) return source;
  age::SeekableOpener opener = TRY(age::SeekableOpener::resume(
      inside->key.duplicate(), inside->begins, mark.length, reader_of(source.file_.get())));
  source.inside_ = std::make_unique<age::SeekableOpener>(std::move(opener));
  return source;
}

Status SourceFile::check_unchanged() const {
  if (TRY(mark_of_open(file_.get())) != mark_) return fail(kFileChanged, "file to send");
  return {};
}

Status SourceFile::read(std::uint64_t offset, MutableBytes bytes) {
  return inside_ ? inside_->read(offset, bytes) : read_at(file_.get(), offset, bytes);
}

Status SourceFile::read_frame(std::uint64_t index, MutableBytes plaintext) {
  const std::size_t wanted = file_bytes_in(length(), index);
  TRY(read(index * kFramePlainBytes, plaintext.first(wanted)));
  std::ranges::fill(plaintext.subspan(wanted), std::uint8_t{0});
  return {};
}

Result<std::optional<Sha256>> SourceFile::hash(const std::atomic<bool>& stop) {
  return hash_with([this](std::uint64_t offset, MutableBytes bytes) { return read(offset, bytes); },
                   length(), stop);
}

Result<std::optional<Sha256>> hash_of(int file, std::uint64_t length,
                                      const std::atomic<bool>& stop) {
  return hash_with(reader_of(file), length, stop);
}

Result<FileDescriptor> open_received(const Path& path) {
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file.is_open()) return fail(file_error("file that was received"));
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return fail(file_error("file that was received"));
  if (!S_ISREG(status.st_mode)) return fail(kFileChanged, "file that was received");
  return file;
}

namespace {

// Zeros over all of a file. Where writing in place takes new blocks, a full disk refuses it: the
// file goes all the same.
Result<bool> overwrite_with_zeros(const Path& path, const std::atomic<bool>& stop) {
  static_cast<void>(::chmod(path.c_str(), 0600));  // it may be read-only already
  const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat status{};
  if (!file.is_open() || ::fstat(file.get(), &status) != 0) return true;
  const Bytes zeros(std::size_t{1} << 20U, 0);
  for (off_t place = 0; place < status.st_size;) {
    if (stop.load()) return false;
    const auto wanted = static_cast<std::size_t>(
        std::min<off_t>(status.st_size - place, static_cast<off_t>(zeros.size())));
    const ssize_t wrote = ::pwrite(file.get(), zeros.data(), wanted, place);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return true;
    place += wrote;
  }
  static_cast<void>(::fdatasync(file.get()));
  return true;
}

}  // namespace

Result<bool> drop_name(const Path& path, const std::atomic<bool>& stop) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return true;
    return fail(file_error("file that goes"));
  }
  const bool is_last = S_ISREG(status.st_mode) && status.st_nlink == 1;
  if (is_last && !TRY(overwrite_with_zeros(path, stop))) return false;
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return fail(file_error("file that goes"));
  TRY(sync_folder_of(path));
  return true;
}

Result<TargetFile> TargetFile::open(const Path& path, std::uint64_t length) {
  FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file.is_open()) return fail(file_error("file that is received"));
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return fail(file_error("file that is received"));
  if (!S_ISREG(status.st_mode) || status.st_nlink != 1)
    return fail(kFileChanged, "file that is received");
  return TargetFile(std::move(file), length);
}

Status TargetFile::write_frame(std::uint64_t index, BytesView plaintext) const {
  BytesView rest = plaintext.first(file_bytes_in(length_, index));
  off_t place = place_of(index);
  while (!rest.empty()) {
    const ssize_t wrote = ::pwrite(file_.get(), rest.data(), rest.size(), place);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return fail(file_error("file that is received"));
    rest = rest.subspan(static_cast<std::size_t>(wrote));
    place += wrote;
  }
  return {};
}

Status TargetFile::sync() const {
  if (::fdatasync(file_.get()) != 0) return fail(file_error("file that is received"));
  return {};
}

}  // namespace tocsin::evidence

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

}  // namespace

Result<FileMark> mark_of(const Path& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.is_open()) return fail(file_error("file to send"));
  const FileMark mark = TRY(mark_of_open(file.get()));
  static_cast<void>(TRY(frames_of(mark.length)));
  return mark;
}

Result<SourceFile> SourceFile::open(const Path& path, const FileMark& mark) {
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.is_open()) return fail(file_error("file to send"));
  SourceFile source(std::move(file), mark);
  TRY(source.check_unchanged());
  return source;
}

Status SourceFile::check_unchanged() const {
  if (TRY(mark_of_open(file_.get())) != mark_) return fail(kFileChanged, "file to send");
  return {};
}

Status SourceFile::read_frame(std::uint64_t index, MutableBytes plaintext) const {
  const std::size_t wanted = file_bytes_in(mark_.length, index);
  std::size_t filled = 0;
  while (filled < wanted) {
    const ssize_t got = ::pread(file_.get(), plaintext.data() + filled, wanted - filled,
                                place_of(index) + static_cast<off_t>(filled));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(file_error("file to send"));
    if (got == 0) return fail(kFileChanged, "file to send");
    filled += static_cast<std::size_t>(got);
  }
  std::fill(plaintext.begin() + static_cast<std::ptrdiff_t>(filled), plaintext.end(),
            std::uint8_t{0});
  return {};
}

Result<std::optional<Sha256>> hash_of(int file, std::uint64_t length,
                                      const std::atomic<bool>& stop) {
  constexpr std::size_t kAtOnce = std::size_t{1} << 20;
  Sha256Stream hash = TRY(Sha256Stream::create());
  SecretBytes buffer(Bytes(kAtOnce, 0));
  const MutableBytes room = buffer.expose_mutable(kExpose);
  for (std::uint64_t done = 0; done < length;) {
    if (stop.load()) return std::nullopt;
    const auto wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(length - done, room.size()));
    const ssize_t got = ::pread(file, room.data(), wanted, static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(file_error("file to be hashed"));
    if (got == 0) return fail(kFileChanged, "file to be hashed");
    TRY(hash.update(BytesView(room).first(static_cast<std::size_t>(got))));
    done += static_cast<std::uint64_t>(got);
  }
  return TRY(hash.finish());
}

Result<FileDescriptor> open_received(const Path& path) {
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file.is_open()) return fail(file_error("file that was received"));
  return file;
}

Result<TargetFile> TargetFile::open(const Path& path, std::uint64_t length) {
  FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
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

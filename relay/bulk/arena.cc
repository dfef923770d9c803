#include "relay/bulk/arena.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "relay/codes.h"

namespace tocsin {
namespace {

Error file_error(const char* where, int reason) {
  return {reason == ENOSPC || reason == EDQUOT ? kDiskFull : kFileFault, where, reason};
}

// A bad sector is of one slot; everything else is of the file.
Error slot_error(const char* where, int reason, Slot slot) {
  if (reason == EIO) return {kSlotFault, where, slot.value};
  return file_error(where, reason);
}

off_t place_of(Slot slot) {
  return static_cast<off_t>(slot.value) * static_cast<off_t>(Arena::kSlotBytes);
}

off_t length_of(std::uint32_t slots) { return place_of(Slot{slots}); }

Status write_all(int file, BytesView bytes, Slot slot) {
  off_t place = place_of(slot);
  while (!bytes.empty()) {
    const ssize_t wrote = ::pwrite(file, bytes.data(), bytes.size(), place);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return fail(slot_error("arena write", errno, slot));
    bytes = bytes.subspan(static_cast<std::size_t>(wrote));
    place += wrote;
  }
  return {};
}

}  // namespace

Result<Arena> Arena::create(const Path& path, std::uint32_t slots) {
  FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.is_open()) return fail(file_error("arena", errno));
  if (const int reason = ::posix_fallocate(file.get(), 0, length_of(slots)); reason != 0) {
    static_cast<void>(::unlink(path.c_str()));
    return fail(file_error("room for the arena", reason));
  }
  if (::fsync(file.get()) != 0) return fail(file_error("arena sync", errno));
  TRY(sync_folder_of(path));
  return Arena(std::move(file));
}

Result<Arena> Arena::open(const Path& path, std::uint32_t slots) {
  FileDescriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  if (!file.is_open()) {
    if (errno == ENOENT) return fail(kFileNotFound, "arena");
    return fail(file_error("arena", errno));
  }
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return fail(file_error("arena", errno));
  if (status.st_size != length_of(slots)) return fail(kDamaged, "arena length", status.st_size);
  return Arena(std::move(file));
}

Status Arena::write(Slot slot, StoredFrame stored) { return write_all(file_.get(), stored, slot); }

Result<Bytes> Arena::read(Slot slot) const {
  Bytes stored(kStoredFrameBytes);
  std::size_t filled = 0;
  while (filled < stored.size()) {
    const ssize_t got = ::pread(file_.get(), stored.data() + filled, stored.size() - filled,
                                place_of(slot) + static_cast<off_t>(filled));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(slot_error("arena read", errno, slot));
    if (got == 0) return fail(kDamaged, "arena read", slot.value);
    filled += static_cast<std::size_t>(got);
  }
  return stored;
}

Status Arena::erase(Slot slot) {
  static const Bytes kZeros(kSlotBytes);
  return write_all(file_.get(), kZeros, slot);
}

Status Arena::sync() const {
  if (::fdatasync(file_.get()) != 0) return fail(file_error("arena sync", errno));
  return {};
}

}  // namespace tocsin

#include "client/bag/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "client/bag/limits.h"
#include "client/codes.h"

namespace tocsin::bag {
namespace {

struct DirectoryClose {
  void operator()(DIR* each) const { ::closedir(each); }
};

FileDescriptor open_folder(const FileDescriptor& folder, const std::string& name) {
  return FileDescriptor(
      ::openat(folder.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

class Walk {
 public:
  explicit Walk(const FolderVisitor& visitor) : visitor_(&visitor) {}

  Status enter(const FileDescriptor& folder, const std::string& path, int depth) {
    const auto names = names_in(folder);
    if (!names.has_value()) return unreadable(path);
    // Counted before anything below is entered: the lists of all levels are in memory at once.
    entries_ += names->size();
    if (entries_ > kMaxFiles) return too_much(path);
    for (const std::string& name : *names) {
      const std::string below = path.empty() ? name : path + "/" + name;
      name_bytes_ += below.size();
      if (name_bytes_ > kMaxNameBytes) return too_much(path);
      TRY(visit(folder, name, below, depth));
    }
    return {};
  }

 private:
  Status visit(const FileDescriptor& folder, const std::string& name, const std::string& path,
               int depth) {
    switch (kind_of(folder, name)) {
      case EntryKind::kFolder: {
        if (depth == kMaxDepth || path.size() > kMaxPathBytes) {
          visitor_->problem(path, FindingKind::kTooMuch);
          return {};
        }
        const FileDescriptor below = open_folder(folder, name);
        return below.is_open() ? enter(below, path, depth + 1) : unreadable(path);
      }
      case EntryKind::kPlainFile: {
        const std::optional<PlainFile> file = open_plain(folder, name);
        return file.has_value() ? visitor_->plain_file(path, *file) : unreadable(path);
      }
      case EntryKind::kOther:
        visitor_->problem(path, FindingKind::kNotAPlainFile);
        return {};
      case EntryKind::kNone:
        return unreadable(path);
    }
    return {};
  }

  Status too_much(const std::string& path) {
    visitor_->problem(path, FindingKind::kTooMuch);
    return fail(kTooLarge, "bag");
  }

  Status unreadable(const std::string& path) {
    visitor_->problem(path, FindingKind::kUnreadable);
    return {};
  }

  const FolderVisitor* visitor_;
  std::size_t entries_ = 0;
  std::size_t name_bytes_ = 0;
};

}  // namespace

Result<FileDescriptor> open_bag_folder(const Path& folder) {
  FileDescriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.is_open()) return opened;
  if (errno == ENOENT || errno == ENOTDIR) return fail(kNoSuchFile, "bag");
  return fail_with_errno("bag");
}

EntryKind kind_of(const FileDescriptor& folder, const std::string& name) {
  struct stat status{};
  if (::fstatat(folder.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
    return EntryKind::kNone;
  if (S_ISREG(status.st_mode)) return EntryKind::kPlainFile;
  return S_ISDIR(status.st_mode) ? EntryKind::kFolder : EntryKind::kOther;
}

std::optional<PlainFile> open_plain(const FileDescriptor& folder, const std::string& name) {
  // Asked before opening: to open a device can do something. A pipe put there meanwhile does not
  // make this wait.
  if (kind_of(folder, name) != EntryKind::kPlainFile) return std::nullopt;
  FileDescriptor file(::openat(folder.get(), name.c_str(),
                               O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  struct stat status{};
  if (!file.is_open() || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode))
    return std::nullopt;
  return PlainFile{std::move(file), static_cast<std::uint64_t>(status.st_size)};
}

Status read_pieces(const PlainFile& file, const std::function<Status(BytesView)>& piece) {
  Bytes room(static_cast<std::size_t>(std::min<std::uint64_t>(kReadBytes, file.size + 1)));
  for (std::uint64_t done = 0;;) {
    const ssize_t got = ::read(file.file.get(), room.data(), room.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_with_errno("file of a bag");
    done += static_cast<std::uint64_t>(got);
    if (done > file.size || (got == 0 && done != file.size)) return fail(kFileChanged, "bag");
    if (got == 0) return {};
    TRY(piece(BytesView(room).first(static_cast<std::size_t>(got))));
  }
}

std::optional<std::vector<std::string>> names_in(const FileDescriptor& folder) {
  // A descriptor of its own, with a place of its own: this one stays open, and can be read again.
  const int again = ::openat(folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (again < 0) return std::nullopt;
  const std::unique_ptr<DIR, DirectoryClose> opened(::fdopendir(again));
  if (!opened) {
    ::close(again);
    return std::nullopt;
  }
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(opened.get());  // NOLINT(concurrency-mt-unsafe): a DIR of ours
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (names.size() == kMaxFiles) return std::nullopt;
    names.emplace_back(name);
  }
  if (errno != 0) return std::nullopt;
  std::ranges::sort(names);
  return names;
}

Status walk(const FileDescriptor& folder, const FolderVisitor& visitor) {
  return Walk(visitor).enter(folder, "", 0);
}

}  // namespace tocsin::bag

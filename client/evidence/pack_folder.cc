#include "client/evidence/pack_folder.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "client/codes.h"
#include "crypto/age/age.h"
#include "protocol/evidence/limits.h"

namespace tocsin::evidence {
namespace {

constexpr std::size_t kAtOnce = std::size_t{1} << 20U;
// Of names alone; a phone's backup has some hundred thousand.
constexpr std::size_t kMostEntries = 4'000'000;

struct Entry {
  Path path;         // on the disk
  std::string name;  // in the archive, below the folder's own
  struct stat status{};
};
struct Listing {
  std::vector<Entry> entries;
  std::vector<std::string> left_out;
  std::uint64_t bytes = 0;
};

// Links are entries of their own, and never followed: what is sent is what lies below the folder.
Status list_into(const Path& folder, const std::string& name, Listing& listing) {
  std::error_code fault;
  std::vector<Path> children;
  for (auto entry = std::filesystem::directory_iterator(folder, fault);
       !fault && entry != std::filesystem::directory_iterator(); entry.increment(fault))
    children.push_back(entry->path());
  if (fault) return fail(kFileFault, "folder to send", fault.value());
  std::ranges::sort(children);
  for (const Path& child : children) {
    if (listing.entries.size() >= kMostEntries) return fail(kOutOfRange, "files of a folder");
    Entry entry{child, name + "/" + child.filename().string(), {}};
    if (::lstat(child.c_str(), &entry.status) != 0) return fail_with_errno("folder to send");
    const mode_t mode = entry.status.st_mode;
    if (!S_ISREG(mode) && !S_ISDIR(mode) && !S_ISLNK(mode)) {
      listing.left_out.push_back(entry.name);
      continue;
    }
    if (S_ISREG(mode)) listing.bytes += static_cast<std::uint64_t>(entry.status.st_size);
    const std::string deeper = entry.name;
    listing.entries.push_back(std::move(entry));
    if (S_ISDIR(mode)) TRY(list_into(child, deeper, listing));
  }
  return {};
}

Status check_room(const Path& out, std::uint64_t bytes) {
  if (bytes > kMostEvidenceBytes) return fail(kOutOfRange, "bytes of a folder");
  const std::uint64_t free = TRY(free_bytes_in(out.parent_path()));
  // The archive's headers, and age's tags: some per cent.
  const std::uint64_t needed = bytes + bytes / 16 + kAtOnce;
  if (free < needed) return fail(kNoSpace, "evidence", static_cast<std::int64_t>(needed - free));
  return {};
}

// libarchive's writer, into a sealer. What the sealer says is kept: a C callback can only say "no".
class Archive {
 public:
  explicit Archive(age::Sealer sealer) : sealer_(std::move(sealer)) {}
  Archive(const Archive&) = delete;
  Archive& operator=(const Archive&) = delete;

  Status open() {
    // Names are bytes: what is no UTF-8 on this disk goes as it is.
    if (archive_ == nullptr ||
        archive_write_set_format_pax_restricted(archive_.get()) != ARCHIVE_OK ||
        archive_write_set_format_option(archive_.get(), "pax", "hdrcharset", "BINARY") !=
            ARCHIVE_OK ||
        archive_write_set_bytes_in_last_block(archive_.get(), 1) != ARCHIVE_OK ||
        archive_write_open(archive_.get(), this, nullptr, &Archive::on_bytes, nullptr) !=
            ARCHIVE_OK)
      return fault();
    return {};
  }
  Status add(const Entry& entry) {
    const std::unique_ptr<archive_entry, EntryFree> header(archive_entry_new());
    if (header == nullptr) return fault();
    archive_entry_copy_pathname(header.get(), entry.name.c_str());
    archive_entry_copy_stat(header.get(), &entry.status);
    // Who owned it here is nobody's business there.
    archive_entry_set_uid(header.get(), 0);
    archive_entry_set_gid(header.get(), 0);
    if (S_ISLNK(entry.status.st_mode)) {
      std::error_code unreadable;
      const Path target = std::filesystem::read_symlink(entry.path, unreadable);
      if (unreadable) return fail(kFileFault, "folder to send", unreadable.value());
      archive_entry_copy_symlink(header.get(), target.c_str());
    }
    // A warning is about a name that others may show otherwise; the entry is there.
    const int wrote = archive_write_header(archive_.get(), header.get());
    return wrote == ARCHIVE_OK || wrote == ARCHIVE_WARN ? Status{} : fault();
  }
  Status add_bytes(BytesView bytes) {
    const la_ssize_t wrote = archive_write_data(archive_.get(), bytes.data(), bytes.size());
    return wrote == static_cast<la_ssize_t>(bytes.size()) ? Status{} : fault();
  }
  Status finish() {
    if (archive_write_close(archive_.get()) != ARCHIVE_OK) return fault();
    TRY(fault_);
    return sealer_.finish();
  }

 private:
  struct WriterFree {
    void operator()(archive* writer) const { archive_write_free(writer); }
  };
  struct EntryFree {
    void operator()(archive_entry* entry) const { archive_entry_free(entry); }
  };
  static la_ssize_t on_bytes(archive*, void* self, const void* bytes, std::size_t size) {
    auto& here = *static_cast<Archive*>(self);
    here.fault_ = here.sealer_.update({static_cast<const std::uint8_t*>(bytes), size});
    return here.fault_.has_value() ? static_cast<la_ssize_t>(size) : -1;
  }
  Status fault() const {
    TRY(fault_);
    const int code = archive_ == nullptr ? ENOMEM : archive_errno(archive_.get());
    return fail(kFileFault, "archive of a folder", code);
  }

  age::Sealer sealer_;
  Status fault_;
  std::unique_ptr<archive, WriterFree> archive_{archive_write_new()};
};

// As long as it was when it was listed: the archive says so already.
Status add_content(Archive& archive, const Entry& entry,
                   const std::function<void(std::size_t)>& done) {
  const FileDescriptor file(
      ::open(entry.path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat status{};
  if (!file.is_open() || ::fstat(file.get(), &status) != 0)
    return fail_with_errno("file of a folder");
  if (status.st_ino != entry.status.st_ino || status.st_size != entry.status.st_size)
    return fail(kFileChanged, "file of a folder");
  SecretBytes buffer(Bytes(kAtOnce, 0));
  for (auto left = static_cast<std::uint64_t>(status.st_size); left > 0;) {
    const MutableBytes room = buffer.expose_mutable(kExpose).first(
        static_cast<std::size_t>(std::min<std::uint64_t>(left, kAtOnce)));
    const ssize_t got = ::read(file.get(), room.data(), room.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_with_errno("file of a folder");
    if (got == 0) return fail(kFileChanged, "file of a folder");
    TRY(archive.add_bytes(BytesView(room).first(static_cast<std::size_t>(got))));
    left -= static_cast<std::uint64_t>(got);
    done(static_cast<std::size_t>(got));
  }
  return {};
}

Status write_archive(const Listing& listing, age::Sealer sealer, const PackProgress& progress) {
  Archive archive(std::move(sealer));
  TRY(archive.open());
  std::uint64_t packed = 0;
  for (const Entry& entry : listing.entries) {
    TRY(archive.add(entry));
    if (!S_ISREG(entry.status.st_mode)) continue;
    TRY(add_content(archive, entry, [&](std::size_t bytes) {
      packed += bytes;
      progress(packed, listing.bytes);
    }));
  }
  return archive.finish();
}

}  // namespace

Result<PackedFolder> pack_folder(const Path& folder, const Path& out, Rng& rng,
                                 const PackProgress& progress) {
  std::error_code fault;
  const Path real = std::filesystem::canonical(folder, fault);
  if (fault) return fail(kNoSuchFile, "folder to send", fault.value());
  Listing listing;
  TRY(list_into(real, real.filename().string(), listing));
  if (listing.entries.empty()) return fail(kOutOfRange, "an empty folder");
  TRY(check_room(out, listing.bytes));
  TRY(create_private_file(out));
  const FileDescriptor file(::open(out.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
  PackedFolder packed{age::make_identity(rng), std::move(listing.left_out)};
  const Status written = [&]() -> Status {
    if (!file.is_open()) return fail_with_errno("folder to send");
    age::Sealer sealer =
        TRY(age::Sealer::create({age::recipient_of(packed.identity)}, rng,
                                [&file](BytesView piece) { return write_all(file, piece); }));
    TRY(write_archive(listing, std::move(sealer), progress));
    return ::fsync(file.get()) == 0 ? Status{} : Status(fail_with_errno("folder to send"));
  }();
  if (!written.has_value()) {
    static_cast<void>(::unlink(out.c_str()));  // sealed under a key that is forgotten here
    return fail(written.error());
  }
  return packed;
}

}  // namespace tocsin::evidence

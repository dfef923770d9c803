#include "crypto/vault/sealed_vault.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "crypto/base/codec.h"

namespace tocsin {
namespace {

constexpr std::string_view kMark = "TOCSINSV";
constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kPrefixBytes = 16;
constexpr std::size_t kBlockBytes = 64 << 10;

Path beside(const Path& file, const char* suffix) {
  Path path = file;
  path += suffix;
  return path;
}

Bytes head_of(const KeySlots& slots) {
  Writer writer;
  writer.raw(as_bytes(kMark)).integer(kVersion).raw(Bytes(6));
  writer.raw(slots.encoded());
  return to_bytes(writer.view());
}

Result<KeySlots> slots_from(BytesView head) {
  if (head.size() != kPrefixBytes + kVaultKeysBytes || as_text(head.first(kMark.size())) != kMark)
    return fail(kDamaged, "sealed vault");
  Reader reader(head.subspan(kMark.size(), kPrefixBytes - kMark.size()));
  const auto version = reader.integer<std::uint16_t>();
  if (version > kVersion) return fail(kTooNew, "sealed vault", version);
  if (version != kVersion || !is_all_zero(head.subspan(kPrefixBytes - 6, 6)))
    return fail(kDamaged, "head of a sealed vault");
  return KeySlots::decode(head.subspan(kPrefixBytes));
}

// Up to a block; empty at the end.
Result<BytesView> read_block(const FileDescriptor& file, MutableBytes block) {
  std::size_t size = 0;
  while (size < block.size()) {
    const ssize_t got = ::read(file.get(), block.data() + size, block.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_with_errno("read sealed vault");
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  return BytesView(block.first(size));
}

Result<FileDescriptor> open_to_read(const Path& path) {
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return fail_with_errno("open sealed vault");
  return file;
}

Result<FileDescriptor> create_to_write(const Path& path) {
  FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                             S_IRUSR | S_IWUSR));
  if (!file.is_open()) return fail_with_errno("create sealed vault");
  return file;
}

// Everything that follows in one file, behind what was written to another; synced.
Status copy_rest(const FileDescriptor& from, const FileDescriptor& to) {
  Bytes block(kBlockBytes);
  for (;;) {
    const BytesView bytes = TRY(read_block(from, block));
    if (bytes.empty()) break;
    TRY(write_all(to, bytes));
  }
  if (::fsync(to.get()) != 0) return fail_with_errno("sync sealed vault");
  return {};
}

// What a crash left half done: everything that begins as the neighbours of this file do. Its bytes
// are sealed, but it shall not stay.
Status clear(const Path& file) {
  const Path folder = file.has_parent_path() ? file.parent_path() : Path(".");
  std::error_code code;
  const std::filesystem::directory_iterator entries(folder, code);
  if (code) return fail(kFileFault, "folder of a sealed vault", code.value());
  const std::string database = beside(file, ".db.tmp").filename();
  const std::string whole = beside(file, ".tmp").filename();
  for (const auto& entry : entries) {
    const std::string name = entry.path().filename();
    if (name == whole || name.starts_with(database)) TRY(erase_file(entry.path()));
  }
  return {};
}

Status write_whole(const Path& file, const KeySlots& slots) {
  const FileDescriptor database = TRY(open_to_read(beside(file, ".db.tmp")));
  const FileDescriptor whole = TRY(create_to_write(beside(file, ".tmp")));
  TRY(write_all(whole, head_of(slots)));
  TRY(copy_rest(database, whole));
  return rename_durably_if_absent(beside(file, ".tmp"), file);
}

}  // namespace

Status seal_vault(const Path& file, const Credential& credential, const FillCopy& fill, Rng& rng,
                  const std::function<Status()>& before_it_opens) {
  if (TRY(file_exists(file))) return fail(kFileExists, "sealed vault");
  TRY(clear(file));
  const DatabaseKey key = DatabaseKey::random(rng);
  const SlotKind kind = credential.is_key_file() ? SlotKind::kKeyFile : SlotKind::kRecoveryWords;
  KeySlots slots =
      KeySlots::create({rng.draw<VaultId>(), rng.draw<Argon2Salt>(), kLeastVaultCost}, rng);
  const StretchedCredential stretched = TRY(StretchedCredential::of(credential, slots.header()));
  slots.fill({.slot = 0, .kind = kind, .credential = stretched}, key, rng);
  SlotKinds kinds;
  kinds[0] = kind;
  slots.write_table(key, kinds, rng);
  const Status sealed = [&]() -> Status {
    TRY(fill(beside(file, ".db.tmp"), key));
    if (before_it_opens) TRY(before_it_opens());
    return write_whole(file, slots);
  }();
  const Status cleared = clear(file);
  return sealed.has_value() ? cleared : sealed;
}

Status unseal_vault(const Path& file, const Path& folder, const Credential& credential) {
  const FileDescriptor source = TRY(open_to_read(file));
  Bytes head(kPrefixBytes + kVaultKeysBytes);
  const KeySlots slots = TRY(slots_from(TRY(read_block(source, head))));
  const OpenedSlot opened =
      TRY(slots.open(TRY(StretchedCredential::of(credential, slots.header()))));
  if (opened.kind == SlotKind::kWipe) return fail(kDamaged, "a wipe slot in a sealed vault");
  const VaultFiles files(folder);
  std::error_code code;
  std::filesystem::create_directories(folder, code);
  if (!code) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, code);
  if (code) return fail(kFileFault, "vault folder", code.value());
  const FileLock lock = TRY(FileLock::acquire(files.lock));
  if (TRY(file_exists(files.keys)) || TRY(file_exists(files.database)))
    return fail(kFileExists, "vault");
  // VLT-5.1: the keys come last; before them there is no vault, only something to be removed.
  TRY(remove_fresh(files));
  TRY(copy_rest(source, TRY(create_to_write(files.fresh))));
  TRY(sync_folder_of(files.fresh));
  return replace_file(files.keys, slots.encoded());
}

}  // namespace tocsin

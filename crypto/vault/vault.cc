#include "crypto/vault/vault.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

namespace tocsin {
namespace {

Status make_folder(const Path& folder) {
  std::error_code error;
  if (folder.has_parent_path()) std::filesystem::create_directories(folder.parent_path(), error);
  if (error) return fail(kFileFault, "make folder", error.value());
  if (::mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST)
    return fail_with_errno("make vault folder");
  return {};
}

VaultSetup locked_by_vault(VaultSetup setup) {
  setup.database.locking = Locking::kByCaller;
  return setup;
}

bool fits(SlotKind kind, const Credential& credential) {
  return kind == SlotKind::kWipe || (kind == SlotKind::kKeyFile) == credential.is_key_file();
}

bool opens_something(const std::optional<SlotKind>& kind) {
  return kind.has_value() && *kind != SlotKind::kWipe;
}

// Seals `key` into the first unused slot for a credential that opens none yet.
Result<std::size_t> fill_free_slot(KeySlots& slots, SlotKinds& kinds, const KeptCredential& kept,
                                   const DatabaseKey& key, Rng& rng) {
  if (!fits(kept.kind, kept.credential)) return fail(kOutOfRange, "kind of credential");
  const auto free = std::ranges::find(kinds, std::optional<SlotKind>());
  if (free == kinds.end()) return fail(kSlotsFull, "vault slots", kVaultSlots);
  const auto slot = static_cast<std::size_t>(free - kinds.begin());
  const StretchedCredential stretched =
      TRY(StretchedCredential::of(kept.credential, slots.header()));
  if (slots.open(stretched).has_value()) return fail(kConstraint, "credential already in use");
  slots.fill({.slot = slot, .kind = kept.kind, .credential = stretched}, key, rng);
  kinds[slot] = kept.kind;
  return slot;
}

// All slots of a vault made new: a new salt, these credentials and no others.
Result<KeySlots> make_slots(const VaultId& id, const Reencryption& plan, const DatabaseKey& key,
                            Rng& rng) {
  if (!is_vault_cost(plan.cost))
    return fail(kOutOfRange, "Argon2id cost", plan.cost.memory_kibibytes);
  KeySlots slots = KeySlots::create({id, rng.draw<Argon2Salt>(), plan.cost}, rng);
  SlotKinds kinds;
  for (const KeptCredential& kept : plan.kept)
    (void)TRY(fill_free_slot(slots, kinds, kept, key, rng));
  if (std::ranges::none_of(kinds, opens_something))
    return fail(kConstraint, "no credential that opens the vault");
  slots.write_table(key, kinds, rng);
  return slots;
}

}  // namespace

Vault::Vault(VaultSetup setup, FileLock lock, KeySlots slots, SlotKinds kinds,
             GuardedSecret<DatabaseKey> key, Database database)
    : setup_(std::move(setup)),
      lock_(std::move(lock)),
      slots_(std::move(slots)),
      kinds_(kinds),
      key_(std::move(key)),
      database_(std::move(database)) {}

Result<Vault> Vault::create(const VaultSetup& wanted, const Credential& first, Rng& rng) {
  const VaultSetup setup = locked_by_vault(wanted);
  const VaultFiles files(setup.folder);
  TRY(make_folder(setup.folder));
  FileLock lock = TRY(FileLock::acquire(files.lock));
  if (TRY(file_exists(files.keys)) || TRY(file_exists(files.database)))
    return fail(kFileExists, "create vault");
  TRY(remove_fresh(files));
  const DatabaseKey key = DatabaseKey::random(rng);
  const SlotKind kind = first.is_key_file() ? SlotKind::kKeyFile : SlotKind::kPassphrase;
  const std::array kept{KeptCredential{kind, first}};
  KeySlots slots = TRY(make_slots(rng.draw<VaultId>(),
                                  {.kept = kept, .cost = setup.cost, .progress = {}}, key, rng));
  TRY(std::move(TRY(Database::create(files.fresh, key, setup.database))).close());
  TRY(replace_file(files.keys, slots.encoded()));
  return enter(setup, std::move(lock), std::move(slots), key);
}

Result<Vault> Vault::open(const VaultSetup& wanted, const Credential& credential, Rng& rng) {
  const VaultSetup setup = locked_by_vault(wanted);
  const VaultFiles files(setup.folder);
  if (!TRY(file_exists(files.keys))) return fail(kFileNotFound, "open vault");
  FileLock lock = TRY(FileLock::acquire(files.lock));
  KeySlots slots = TRY(KeySlots::decode(TRY(read_file(files.keys, kVaultKeysBytes))));
  const StretchedCredential stretched = TRY(StretchedCredential::of(credential, slots.header()));
  const OpenedSlot opened = TRY(slots.open(stretched));
  if (opened.kind == SlotKind::kWipe) {
    TRY(erase_vault(files, rng));
    return fail(kWiped, "wipe slot opened");
  }
  return enter(setup, std::move(lock), std::move(slots), opened.key);
}

Status Vault::wipe(const Path& folder, Rng& rng) {
  const VaultFiles files(folder);
  if (!TRY(file_exists(folder))) return fail(kFileNotFound, "wipe vault");
  const FileLock lock = TRY(FileLock::acquire(files.lock));
  return erase_vault(files, rng);
}

Result<Vault> Vault::enter(const VaultSetup& setup, FileLock lock, KeySlots slots,
                           const DatabaseKey& key) {
  const SlotKinds kinds = TRY(slots.read_table(key));
  auto guarded = TRY(GuardedSecret<DatabaseKey>::hold(key));
  Database database = TRY(open_settled(VaultFiles(setup.folder), key, setup.database));
  return Vault(setup, std::move(lock), std::move(slots), kinds, std::move(guarded),
               std::move(database));
}

Status Vault::commit(KeySlots slots, const SlotKinds& kinds, Rng& rng) {
  key_.use([&](const DatabaseKey& key) { slots.write_table(key, kinds, rng); });
  TRY(replace_file(VaultFiles(setup_.folder).keys, slots.encoded()));
  slots_ = std::move(slots);
  kinds_ = kinds;
  return {};
}

Result<std::size_t> Vault::add_slot(SlotKind kind, const Credential& credential, Rng& rng) {
  KeySlots slots = slots_;
  SlotKinds kinds = kinds_;
  const std::size_t slot = TRY(key_.use([&](const DatabaseKey& key) {
    return fill_free_slot(slots, kinds, {kind, credential}, key, rng);
  }));
  TRY(commit(std::move(slots), kinds, rng));
  return slot;
}

Status Vault::remove_slot(std::size_t slot, Rng& rng) {
  if (slot >= kVaultSlots || !kinds_[slot])
    return fail(kNotFound, "vault slot", static_cast<std::int64_t>(slot));
  KeySlots slots = slots_;
  SlotKinds kinds = kinds_;
  slots.empty(slot, rng);
  kinds[slot].reset();
  if (std::ranges::none_of(kinds, opens_something))
    return fail(kConstraint, "the last slot that opens the vault");
  return commit(std::move(slots), kinds, rng);
}

Status Vault::change_passphrase(const Credential& current, const Credential& next, Rng& rng) {
  const StretchedCredential old = TRY(StretchedCredential::of(current, slots_.header()));
  const OpenedSlot opened = TRY(slots_.open(old));
  if (opened.kind == SlotKind::kWipe) return fail(kWrongPassphrase, "a wipe slot");
  if (!fits(opened.kind, next)) return fail(kOutOfRange, "kind of credential");
  const StretchedCredential changed = TRY(StretchedCredential::of(next, slots_.header()));
  if (slots_.open(changed).has_value()) return fail(kConstraint, "credential already in use");
  KeySlots slots = slots_;
  slots.fill({.slot = opened.slot, .kind = opened.kind, .credential = changed}, opened.key, rng);
  return commit(std::move(slots), kinds_, rng);
}

Result<Vault> Vault::reencrypt(const Reencryption& plan, Rng& rng) && {
  Vault self = std::move(*this);  // whatever happens, the old object is used up
  const auto report = [&](ReencryptStep step) {
    if (plan.progress) plan.progress(step);
  };
  const VaultFiles files(self.setup_.folder);
  const DatabaseKey key = DatabaseKey::random(rng);
  KeySlots slots = TRY(make_slots(self.id(), plan, key, rng));
  TRY(remove_fresh(files));
  TRY(self.database_.copy_to(files.fresh, key));
  report(ReencryptStep::kCopied);
  TRY(std::move(self.database_).close());
  report(ReencryptStep::kOldClosed);
  TRY(replace_file(files.keys, slots.encoded()));
  report(ReencryptStep::kKeysReplaced);
  TRY(adopt_fresh(files));
  report(ReencryptStep::kNewInPlace);
  Result<Vault> opened = enter(self.setup_, std::move(self.lock_), std::move(slots), key);
  if (opened.has_value()) report(ReencryptStep::kOpened);
  return opened;
}

Status Vault::close() && {
  Vault self = std::move(*this);  // the lock goes after the database
  return std::move(self.database_).close();
}

}  // namespace tocsin

// crypto/vault/vault.h: one person's encrypted store: key slots and the database they open.
//
// Spec:    protocol/spec/vault.md
// Shape:   a folder of mode 0700; one process owns it (vault.lock)
// Secrets: the database key, on a guarded page
// Errors:  locked, wrong_passphrase, wiped, damaged, too_new, slots_full, constraint,
//          file_exists, file_not_found, disk_full and those of the database
// Threads: one at a time
// Cost:    opening by text 0.5 s and 256 MiB, by key file < 10 ms
#pragma once

#include <functional>

#include "crypto/keys/guarded.h"
#include "crypto/vault/vault_files.h"

namespace tocsin {

struct VaultSetup {
  Path folder;
  DatabaseOptions database;  // its locking is the vault's
  Argon2Cost cost = kLeastVaultCost;
};

// The steps of a re-encryption, in order; the third is the one from which the new key counts.
enum class ReencryptStep : std::uint8_t {
  kCopied = 1,
  kOldClosed = 2,
  kKeysReplaced = 3,
  kNewInPlace = 4,
  kOpened = 5,
};

struct KeptCredential {
  SlotKind kind;
  const Credential& credential;
};

struct Reencryption {
  // The only credentials that open the vault afterwards; at least one that is not a wipe.
  std::span<const KeptCredential> kept;
  Argon2Cost cost = kLeastVaultCost;
  // Told after each step; may be empty.
  std::function<void(ReencryptStep)> progress;
};

class Vault {
 public:
  // A new vault with one slot; the folder may exist, a vault in it must not.
  static Result<Vault> create(const VaultSetup& setup, const Credential& first, Rng& rng);
  // wiped: a wipe slot was opened, the vault is gone, and create() may follow.
  static Result<Vault> open(const VaultSetup& setup, const Credential& credential, Rng& rng);
  // The same as opening a wipe slot, for who need not prove anything.
  static Status wipe(const Path& folder, Rng& rng);

  Database& database() { return database_; }
  const VaultId& id() const { return slots_.header().id; }
  const SlotKinds& kinds() const { return kinds_; }

  // The number of the slot. constraint: this credential opens a slot already.
  Result<std::size_t> add_slot(SlotKind kind, const Credential& credential, Rng& rng);
  // constraint: it is the last that opens anything. Offer reencrypt afterwards: an older copy of
  // vault.keys still opens with the removed credential.
  Status remove_slot(std::size_t slot, Rng& rng);
  // wrong_passphrase unless `current` opens a slot that is not a wipe. Offer reencrypt afterwards.
  Status change_passphrase(const Credential& current, const Credential& next, Rng& rng);

  // A new database under a new key, salt and slots. After a failure open the vault again, with the
  // old credentials or with the kept ones: exactly one state is there, whatever happened.
  Result<Vault> reencrypt(const Reencryption& plan, Rng& rng) &&;

  Status close() &&;

 private:
  Vault(VaultSetup setup, FileLock lock, KeySlots slots, SlotKinds kinds,
        GuardedSecret<DatabaseKey> key, Database database);
  static Result<Vault> enter(const VaultSetup& setup, FileLock lock, KeySlots slots,
                             const DatabaseKey& key);
  // Writes the table over changed slots, replaces vault.keys, then takes both over.
  Status commit(KeySlots slots, const SlotKinds& kinds, Rng& rng);

  VaultSetup setup_;
  FileLock lock_;
  KeySlots slots_;
  SlotKinds kinds_;
  GuardedSecret<DatabaseKey> key_;
  Database database_;
};

}  // namespace tocsin

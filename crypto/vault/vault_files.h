// crypto/vault/vault_files.h: the files of a vault and the order in which they change.
//
// Spec:    protocol/spec/vault.md VLT-1, VLT-5
// Shape:   vault.lock, vault.keys, vault.db (with vault.db-wal while open), and vault.db.new
//          between two states: the key in vault.keys decides which of the two databases counts
// Errors:  those of crypto/base/files.h and crypto/db/database.h
// Threads: the owner of the lock only
#pragma once

#include "crypto/db/database.h"
#include "crypto/vault/key_slots.h"

namespace tocsin {

struct VaultFiles {
  explicit VaultFiles(const Path& in)
      : folder(in),
        lock(in / "vault.lock"),
        keys(in / "vault.keys"),
        database(in / "vault.db"),
        fresh(in / "vault.db.new") {}
  Path folder;
  Path lock;
  Path keys;
  Path database;
  Path fresh;
};

// vault.db.new takes the place of vault.db. The old log must not meet the new database.
Status adopt_fresh(const VaultFiles& files);

// Opens the database of this key, finishing or undoing an exchange that was interrupted.
Result<Database> open_settled(const VaultFiles& files, const DatabaseKey& key,
                              const DatabaseOptions& options);

Status remove_fresh(const VaultFiles& files);

// Overwrites the slots first: from then on nothing opens. Then everything else goes.
Status erase_vault(const VaultFiles& files, Rng& rng);

}  // namespace tocsin

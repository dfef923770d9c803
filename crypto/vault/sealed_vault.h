// crypto/vault/sealed_vault.h: a vault as one file: what a backup and a move carry.
//
// Spec:    protocol/spec/vault.md VLT-9
// Layout:  `TOCSINSV` 8 ‖ version 2 (=1) ‖ zero 6 ‖ vault.keys 1,008 ‖ database
// Secrets: the database key of the copy, while it is made
// Errors:  wrong_passphrase, wiped, damaged, too_new, file_exists, those of files and databases
// Threads: one
#pragma once

#include <functional>

#include "crypto/vault/vault.h"

namespace tocsin {

// Makes the copy's database at this path, under this key; the file must not be there before.
using FillCopy = std::function<Status(const Path& database, const DatabaseKey& key)>;

// A new file, whole or not there. Only `credential` opens it, and nothing that opens the vault.
// `before_it_opens` is called when the copy is made and nothing can open it yet: its key is in this
// process alone.
Status seal_vault(const Path& file, const Credential& credential, const FillCopy& fill, Rng& rng,
                  const std::function<Status()>& before_it_opens = {});

// Makes a vault of it in a folder that has none; it opens with the file's credential. Nothing is
// written before the credential is seen to fit.
Status unseal_vault(const Path& file, const Path& folder, const Credential& credential);

}  // namespace tocsin

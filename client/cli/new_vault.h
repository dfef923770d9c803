// client/cli/new_vault.h: making a vault with an identity in it, and its recovery words.
//
// Secrets: the first credential, the relay's password, the recovery words
// Errors:  those of crypto/vault and the engine; vault_exists, file_fault
// Threads: one
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "client/cli/report.h"
#include "client/cli/request.h"
#include "client/store/relay_rows.h"
#include "crypto/vault/vault.h"

namespace tocsin {

struct VaultPlan {
  Path folder;
  std::optional<RelayAddress> relay = std::nullopt;
  SecretBytes relay_password = {};
  std::optional<std::string> proxy = std::nullopt;  // HOST:PORT, checked
};
Result<Vault> make_vault(const VaultPlan& plan, const Credential& first, Rng& rng);

// A slot that opens when the passphrase is forgotten: six words, to be shown once.
Result<std::string> add_recovery_words(Vault& vault, Rng& rng);
// The words asked back, from 1, so that they were really written down.
inline constexpr std::array<std::size_t, 2> kWordsAskedBack{2, 5};
// The word at such a place.
std::string recovery_word(const std::string& words, std::size_t place);

std::string typed_form(const SecretBytes& secret);

// From the file an option names, else asked twice.
Result<SecretBytes> ask_new_passphrase(const CommandRequest& request, std::string_view option);
struct FirstCredential {
  Credential credential;
  std::string shown;  // what was made for the person, to be written down
};
// --make-key-file, --generate, --key-file, a passphrase file or descriptor, else asked.
Result<FirstCredential> first_credential(const CommandRequest& request, Rng& rng);
// Into the report what was made, and for a person's vault recovery words, two of them asked back
// where somebody can be asked.
Status give_recovery_words(Vault& vault, const FirstCredential& first,
                           const CommandRequest& request, Report& report);

}  // namespace tocsin

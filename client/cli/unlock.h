// client/cli/unlock.h: from options or a prompt to an open vault with its engine.
//
// Secrets: credentials, for as long as the vault takes to open
// Errors:  those of crypto/vault; no_terminal when nobody can be asked
// Threads: one
#pragma once

#include "client/cli/request.h"
#include "client/engine/restoring.h"
#include "client/evidence/mover.h"
#include "client/net/network_port.h"
#include "crypto/vault/vault.h"

namespace tocsin {

VaultSetup vault_setup(const Path& folder);

// What --passphrase-file, --passphrase-fd or --key-file give, else a prompt.
Result<Credential> ask_credential(const CommandRequest& request, std::string_view prompt);
Result<VaultKeyFile> read_key_file(const Path& path);
// The signing key that --key-file-of names, if it is given.
Result<std::optional<SigningSecret>> offline_key(const CommandRequest& request);
// A new key file of mode 0600, which must not exist yet.
Result<VaultKeyFile> make_key_file(const Path& path, Rng& rng);

// Opens, waiting for another process at most --wait seconds; with locked at once when that process
// turns out to be a `tocsin run`, which can be asked instead.
Result<Vault> open_vault(const CommandRequest& request, const Path& folder, Rng& rng);
Result<Vault> open_vault_with(const CommandRequest& request, const Path& folder,
                              const Credential& credential, Rng& rng);

// An open vault and everything that works on it, torn down in the right order.
class Workplace {
 public:
  static Result<std::unique_ptr<Workplace>> enter(Vault vault);
  Engine& engine() { return *engine_; }
  net::NetworkPort& network() { return *network_; }
  Vault& vault() { return vault_; }
  // Of a vault that came out of a backup and was begun anew just now.
  const std::optional<Restored>& restored() const { return restored_; }
  Status leave() &&;

 private:
  explicit Workplace(Vault vault) : vault_(std::move(vault)) {}
  SystemRng rng_;
  Vault vault_;
  std::unique_ptr<net::NetworkPort> network_;
  std::unique_ptr<evidence::Mover> mover_;
  std::unique_ptr<Engine> engine_;
  std::optional<Restored> restored_;
};

Instant wall_clock();
// "HOST:PORT" of a SOCKS5 proxy; a host of brackets, name or number.
Result<net::Proxy> parse_proxy(std::string_view text);

}  // namespace tocsin

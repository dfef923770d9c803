#include "client/cli/unlock.h"

#include <chrono>
#include <thread>

#include "client/cli/new_file.h"
#include "client/cli/profile.h"
#include "client/cli/serve.h"
#include "client/cli/terminal.h"
#include "client/store/schema.h"
#include "client/store/setting.h"

namespace tocsin {
namespace {

constexpr std::int64_t kDefaultWaitSeconds = 30;
constexpr std::int64_t kMaxWaitSeconds = 3'600;
constexpr auto kRetryEvery = std::chrono::milliseconds(50);

}  // namespace

Instant wall_clock() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
}

VaultSetup vault_setup(const Path& folder) {
  return {.folder = folder, .database = vault_database_options(), .cost = kLeastVaultCost};
}

Result<VaultKeyFile> read_key_file(const Path& path) {
  Result<Bytes> bytes = read_file(path, VaultKeyFile::kBytes);
  if (!bytes.has_value() && bytes.error().code == kFileNotFound)
    return fail(kNoSuchFile, "key file");
  if (!bytes.has_value()) return fail(kClientBadUsage, "key file", bytes.error().detail);
  Result<VaultKeyFile> key = VaultKeyFile::from(*bytes);
  wipe(*bytes);
  if (!key.has_value()) return fail(kClientBadUsage, "key file length");
  return key;
}

Result<std::optional<SigningSecret>> offline_key(const CommandRequest& request) {
  const auto file = request.value("key-file-of");
  if (!file.has_value()) return std::optional<SigningSecret>();
  const VaultKeyFile key = TRY(read_key_file(*file));
  return std::optional<SigningSecret>(TRY(SigningSecret::from(key.expose(kExpose))));
}

Result<VaultKeyFile> make_key_file(const Path& path, Rng& rng) {
  VaultKeyFile key = VaultKeyFile::random(rng);
  TRY(write_new_file(path, key.expose(kExpose)));
  return key;
}

Result<Credential> ask_credential(const CommandRequest& request, std::string_view prompt) {
  if (const auto file = request.value("key-file"); file.has_value()) {
    return Credential::from_key_file(TRY(read_key_file(*file)));
  }
  if (const auto file = request.value("passphrase-file"); file.has_value()) {
    return Credential::from_text(TRY(read_secret_file(*file)));
  }
  if (const auto text = request.value("passphrase-fd"); text.has_value()) {
    const std::optional<std::int64_t> descriptor = whole_number(*text);
    if (!descriptor.has_value() || *descriptor < 0 || *descriptor > 1'000'000) {
      return fail(kClientBadUsage, "passphrase descriptor");
    }
    return Credential::from_text(TRY(read_secret_descriptor(static_cast<int>(*descriptor))));
  }
  return Credential::from_text(TRY(ask_secret(prompt)));
}

Result<Vault> open_vault(const CommandRequest& request, const Path& folder, Rng& rng) {
  if (!TRY(file_exists(VaultFiles(folder).keys))) return fail(kNoVault, "vault");
  return open_vault_with(request, folder, TRY(ask_credential(request, "Your passphrase:")), rng);
}

Result<Vault> open_vault_with(const CommandRequest& request, const Path& folder,
                              const Credential& credential, Rng& rng) {
  const VaultSetup setup = vault_setup(folder);
  const std::int64_t wait = std::clamp<std::int64_t>(
      whole_number(request.value_or("wait", "")).value_or(kDefaultWaitSeconds), 0, kMaxWaitSeconds);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(wait);
  for (;;) {
    Result<Vault> vault = Vault::open(setup, credential, rng);
    const bool busy = !vault.has_value() && vault.error().code == kLocked;
    if (!busy || std::chrono::steady_clock::now() >= deadline) return vault;
    if (owner_listens(TRY(socket_path(folder)))) return vault;
    std::this_thread::sleep_for(kRetryEvery);
  }
}

Result<net::Proxy> parse_proxy(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return fail(kNetBadProxy, "proxy");
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const std::optional<std::int64_t> port = whole_number(text.substr(colon + 1));
  if (host.empty() || host.size() > kMaxHostBytes || !port.has_value() || *port < 1 ||
      *port > 65'535) {
    return fail(kNetBadProxy, "proxy");
  }
  return net::Proxy{.host = std::string(host),
                    .port = static_cast<std::uint16_t>(*port),
                    .credentials = std::nullopt};
}

Result<std::unique_ptr<Workplace>> Workplace::enter(Vault vault) {
  std::unique_ptr<Workplace> place(new Workplace(std::move(vault)));
  TRY(check_not_moved(place->vault_.database()));
  const std::string proxy = TRY(find_text_setting(place->vault_.database(), setting::kProxy));
  net::NetworkParts parts{.rng = place->rng_, .clock = wall_clock, .proxy = std::nullopt};
  if (!proxy.empty()) parts.proxy = TRY(parse_proxy(proxy));
  place->mover_ = TRY(evidence::Mover::create(parts.proxy));
  place->network_ = TRY(net::NetworkPort::create(std::move(parts)));
  place->engine_ = TRY(Engine::open({.db = place->vault_.database(),
                                     .relays = *place->network_,
                                     .rng = place->rng_,
                                     .clock = wall_clock,
                                     .evidence = place->mover_.get()}));
  place->restored_ = TRY(finish_restore(*place->engine_));
  return place;
}

Status Workplace::leave() && {
  engine_.reset();
  mover_.reset();
  network_.reset();
  return std::move(vault_).close();
}

}  // namespace tocsin

#include "client/cli/new_vault.h"

#include <sstream>

#include "client/cli/unlock.h"
#include "client/codes.h"
#include "client/engine/engine.h"
#include "client/store/setting.h"

namespace tocsin {

Result<Vault> make_vault(const VaultPlan& plan, const Credential& first, Rng& rng) {
  if (TRY(file_exists(VaultFiles(plan.folder).keys))) return fail(kVaultExists, "vault");
  std::error_code code;
  std::filesystem::create_directories(plan.folder, code);
  if (code) return fail(kFileFault, "vault folder", code.value());
  std::filesystem::permissions(plan.folder, std::filesystem::perms::owner_all, code);
  if (code) return fail(kFileFault, "vault folder", code.value());
  Vault vault = TRY(Vault::create(vault_setup(plan.folder), first, rng));
  TRY(Engine::found(vault.database(), rng));
  if (plan.relay.has_value())
    TRY(save_relay(vault.database(), *plan.relay, plan.relay_password.expose(kExpose)));
  if (plan.proxy.has_value())
    TRY(save_setting(vault.database(), setting::kProxy, as_bytes(*plan.proxy)));
  return vault;
}

Result<std::string> add_recovery_words(Vault& vault, Rng& rng) {
  const SecretBytes words = make_passphrase_words(rng);
  static_cast<void>(
      TRY(vault.add_slot(SlotKind::kRecoveryWords, TRY(Credential::from_text(words)), rng)));
  return typed_form(words);
}

std::string recovery_word(const std::string& words, std::size_t place) {
  std::istringstream stream(words);
  std::string word;
  for (std::size_t i = 0; i < place; ++i) stream >> word;
  return word;
}

std::string typed_form(const SecretBytes& secret) {
  return std::string(as_text(secret.expose(kExpose)));
}

}  // namespace tocsin

#include "client/cli/new_vault.h"

#include <sstream>
#include <utility>

#include "client/cli/terminal.h"
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
    TRY(save_relay(vault.database(), *plan.relay, plan.relay_password.expose(kExpose),
                   RelayUse::kCommon));
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

namespace {

// Argon2id makes a guess dear, not impossible: what can be guessed in a day is refused.
constexpr std::size_t kLeastPassphraseBytes = 8;

Result<SecretBytes> long_enough(SecretBytes passphrase) {
  if (passphrase.size() < kLeastPassphraseBytes) return fail(kWeakPassphrase, "new passphrase");
  return passphrase;
}

}  // namespace

Result<SecretBytes> ask_new_passphrase(const CommandRequest& request, std::string_view option) {
  if (const auto file = request.value(option); file.has_value())
    return long_enough(TRY(read_secret_file(*file)));
  SecretBytes first = TRY(ask_secret("A new passphrase:"));
  const SecretBytes second = TRY(ask_secret("The same passphrase again:"));
  if (!equal_in_constant_time(first.expose(kExpose), second.expose(kExpose))) {
    return fail(kNotConfirmed, "passphrases differ");
  }
  return long_enough(std::move(first));
}

Result<FirstCredential> first_credential(const CommandRequest& request, Rng& rng) {
  if (const auto file = request.value("make-key-file"); file.has_value()) {
    return FirstCredential{Credential::from_key_file(TRY(make_key_file(*file, rng))), {}};
  }
  if (const auto kind = request.value("generate"); kind.has_value()) {
    if (*kind != "words" && *kind != "digits")
      return fail(kClientBadUsage, "--generate words or digits");
    const SecretBytes made =
        *kind == "words" ? make_passphrase_words(rng) : make_passphrase_digits(rng);
    return FirstCredential{TRY(Credential::from_text(made)), typed_form(made)};
  }
  if (request.has("key-file") || request.has("passphrase-fd")) {
    return FirstCredential{TRY(ask_credential(request, "")), {}};
  }
  return FirstCredential{
      TRY(Credential::from_text(TRY(ask_new_passphrase(request, "passphrase-file")))), {}};
}

namespace {
Result<bool> words_written_down(const std::string& words) {
  for (const std::size_t place : kWordsAskedBack) {
    const std::string answer =
        TRY(ask_line("Type recovery word number " + std::to_string(place) + ":"));
    if (answer != recovery_word(words, place)) return false;
  }
  return true;
}
}  // namespace

Status give_recovery_words(Vault& vault, const FirstCredential& first,
                           const CommandRequest& request, Report& report) {
  if (!first.shown.empty()) {
    report.data.set("passphrase", first.shown);
    report.line("Its passphrase, to learn by heart or write on paper:\n  " + first.shown);
  }
  // A vault opened by key file belongs to a machine, not to a person who forgets.
  if (first.credential.is_key_file()) return {};
  SystemRng rng;
  const std::string words = TRY(add_recovery_words(vault, rng));
  report.data.set("recovery_words", words);
  report.line("Recovery words, shown only now; write them on paper:\n  " + words);
  if (!can_ask() || request.has("json")) return {};
  const std::string shown_now = std::exchange(report.text, {});
  // Whatever is typed, or nothing at all: the words were shown, and are asked back below.
  static_cast<void>(ask_line(shown_now + "Press Enter when they are on paper."));
  if (!TRY(words_written_down(words)))
    report.line("These are not the words. Run `tocsin vault slots --add recovery` for new ones.");
  return {};
}

}  // namespace tocsin

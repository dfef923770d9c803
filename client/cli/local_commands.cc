// init, passphrase, vault reencrypt, vault slots, wipe.
#include "client/cli/local_commands.h"

#include "client/cli/new_vault.h"
#include "client/cli/profile.h"
#include "client/cli/terminal.h"
#include "client/cli/unlock.h"
#include "client/codes.h"

namespace tocsin {
namespace {

Result<std::size_t> slot_number(std::string_view text) {
  const std::optional<std::int64_t> number = whole_number(text);
  if (!number.has_value() || *number < 1 || *number > std::int64_t{kVaultSlots})
    return fail(kClientBadUsage, "a slot is 1 to 8");
  return static_cast<std::size_t>(*number - 1);
}

const char* kind_name(SlotKind kind) {
  switch (kind) {
    case SlotKind::kPassphrase:
      return "passphrase";
    case SlotKind::kRecoveryWords:
      return "recovery words";
    case SlotKind::kKeyFile:
      return "key file";
    case SlotKind::kWipe:
      return "wipe";
  }
  return "unknown";
}

// Only what was typed now can be kept: the words of other slots are not in this vault.
Result<Vault> reencrypt_with(Vault vault, const Credential& credential, Rng& rng) {
  const SlotKind kind = credential.is_key_file() ? SlotKind::kKeyFile : SlotKind::kPassphrase;
  const std::array kept{KeptCredential{kind, credential}};
  return std::move(vault).reencrypt({.kept = kept, .cost = kLeastVaultCost, .progress = {}}, rng);
}

}  // namespace

Result<Report> init_command(const CommandRequest& request) {
  SystemRng rng;
  VaultPlan plan{.folder = TRY(vault_folder(request))};
  if (TRY(file_exists(VaultFiles(plan.folder).keys))) return fail(kVaultExists, "vault");
  if (const auto address = request.value("relay"); address.has_value()) {
    const Result<RelayAddress> parsed = parse_address(*address);
    if (!parsed.has_value())
      return failed(Exit::kUsage, "this is not a relay's address",
                    "copy what `tocsin-relay address` prints, whole");
    plan.relay = *parsed;
  }
  if (const auto file = request.value("relay-password-file"); file.has_value())
    plan.relay_password = TRY(read_secret_file(*file));
  plan.proxy = request.value("proxy");
  if (plan.proxy.has_value()) TRY(parse_proxy(*plan.proxy));

  const FirstCredential first = TRY(first_credential(request, rng));
  Vault vault = TRY(make_vault(plan, first.credential, rng));

  Report report;
  report.data.set("vault", plan.folder.string());
  report.line("The vault is made: " + plan.folder.string());
  TRY(give_recovery_words(vault, first, request, report));
  TRY(std::move(vault).close());
  return report;
}

Result<Report> passphrase_command(const CommandRequest& request) {
  SystemRng rng;
  const Path folder = TRY(vault_folder(request));
  const Credential current = TRY(ask_credential(request, "Your passphrase now:"));
  Vault vault = TRY(Vault::open(vault_setup(folder), current, rng));
  const Credential next =
      TRY(Credential::from_text(TRY(ask_new_passphrase(request, "new-passphrase-file"))));
  TRY(vault.change_passphrase(current, next, rng));
  Report report;
  report.line("The passphrase is changed.");
  if (request.has("reencrypt")) {
    vault = TRY(reencrypt_with(std::move(vault), next, rng));
    report.line("The vault is encrypted anew; only the new passphrase opens it.");
  } else {
    report.line(
        "An old copy of vault.keys still opens with the old one; `tocsin vault reencrypt` ends "
        "that.");
  }
  report.data.set("changed", true).set("reencrypted", request.has("reencrypt"));
  TRY(std::move(vault).close());
  return report;
}

Result<Report> reencrypt_command(const CommandRequest& request) {
  SystemRng rng;
  const Path folder = TRY(vault_folder(request));
  const Credential credential = TRY(ask_credential(request, "Your passphrase:"));
  Vault vault = TRY(Vault::open(vault_setup(folder), credential, rng));
  vault = TRY(reencrypt_with(std::move(vault), credential, rng));
  TRY(std::move(vault).close());
  Report report;
  report.data.set("reencrypted", true);
  report.line(
      "The vault is encrypted anew. Only what you just opened it with opens it now; add other "
      "slots again.");
  return report;
}

Result<Report> slots_command(const CommandRequest& request) {
  SystemRng rng;
  const Path folder = TRY(vault_folder(request));
  Vault vault = TRY(open_vault(request, folder, rng));
  Report report;
  if (const auto kind = request.value("add"); kind.has_value()) {
    if (*kind == "key-file") {
      const auto file = request.value("new-passphrase-file");
      if (!file.has_value())
        return fail(kClientBadUsage, "where the key file is written: --new-passphrase-file");
      static_cast<void>(TRY(vault.add_slot(
          SlotKind::kKeyFile, Credential::from_key_file(TRY(make_key_file(*file, rng))), rng)));
    } else if (*kind == "recovery") {
      const std::string words = TRY(add_recovery_words(vault, rng));
      report.data.set("recovery_words", words);
      report.line("Recovery words, shown only now; write them on paper:\n  " + words);
    } else if (*kind == "passphrase" || *kind == "wipe") {
      const Credential added =
          TRY(Credential::from_text(TRY(ask_new_passphrase(request, "new-passphrase-file"))));
      static_cast<void>(TRY(
          vault.add_slot(*kind == "wipe" ? SlotKind::kWipe : SlotKind::kPassphrase, added, rng)));
    } else {
      return fail(kClientBadUsage, "--add passphrase, key-file, recovery or wipe");
    }
  }
  if (const auto number = request.value("remove"); number.has_value()) {
    TRY(vault.remove_slot(TRY(slot_number(*number)), rng));
    report.line(
        "Removed. An old copy of vault.keys still opens with it; `tocsin vault reencrypt` ends "
        "that.");
  }
  ValueList list;
  for (std::size_t i = 0; i < kVaultSlots; ++i) {
    const std::optional<SlotKind> kind = vault.kinds().at(i);
    report.line(std::to_string(i + 1) + "  " + (kind.has_value() ? kind_name(*kind) : "free"));
    Value item;
    item.set("slot", static_cast<std::int64_t>(i + 1))
        .set("kind", kind.has_value() ? kind_name(*kind) : "free");
    list.push_back(std::move(item));
  }
  report.data.set("slots", std::move(list));
  TRY(std::move(vault).close());
  return report;
}

Result<Report> wipe_command(const CommandRequest& request) {
  SystemRng rng;
  const Path folder = TRY(vault_folder(request));
  if (!TRY(file_exists(VaultFiles(folder).keys))) return fail(kNoVault, "vault");
  if (!request.has("yes")) {
    const std::string answer =
        TRY(ask_line("This destroys the keys of " + folder.string() +
                     " and everything in it, for ever. Type WIPE to go on:"));
    if (answer != "WIPE") return fail(kNotConfirmed, "wipe");
  }
  const Status wiped = Vault::wipe(folder, rng);
  if (!wiped.has_value() && !TRY(file_exists(VaultFiles(folder).keys)))
    return failed(Exit::kFailed, "the files are removed, but could not be overwritten first",
                  "the disk may be full: their old blocks may still be there; destroy the medium");
  TRY(wiped);
  Report report;
  report.data.set("wiped", folder.string());
  report.line(
      "The keys are overwritten and the files erased. What flash storage kept of them, backups and "
      "the other side's");
  report.line(
      "copies remain; the relay forgets your mailboxes when they are not read for six months.");
  return report;
}

}  // namespace tocsin

// backup.
#include "client/cli/commands.h"
#include "client/cli/copy_credential.h"
#include "client/cli/new_vault.h"
#include "client/cli/terminal.h"
#include "client/cli/unlock.h"
#include "client/codes.h"
#include "client/engine/restoring.h"
#include "client/store/setting.h"
#include "crypto/base/codec.h"
#include "crypto/vault/sealed_vault.h"

namespace tocsin {

Result<Credential> make_copy_credential(const CommandRequest& request, Report& report, Rng& rng) {
  if (const auto file = request.value("make-key-file"); file.has_value())
    return Credential::from_key_file(TRY(make_key_file(*file, rng)));
  if (const auto file = request.value("new-passphrase-file"); file.has_value())
    return Credential::from_text(TRY(read_secret_file(*file)));
  const SecretBytes words = make_passphrase_words(rng);
  report.data.set("words", typed_form(words));
  report.line("The words that open it, shown only now; write them on paper, apart from the file:");
  report.line("  " + typed_form(words));
  return Credential::from_text(words);
}

Result<Credential> ask_copy_credential(const CommandRequest& request) {
  if (const auto file = request.value("copy-key-file"); file.has_value())
    return Credential::from_key_file(TRY(read_key_file(*file)));
  if (const auto file = request.value("copy-passphrase-file"); file.has_value())
    return Credential::from_text(TRY(read_secret_file(*file)));
  return Credential::from_text(TRY(ask_secret("The words that open the file:")));
}

Result<Report> backup_command(Engine& engine, const CommandRequest& request) {
  const Path file = request.value_or("copy", "");
  if (TRY(file_exists(file))) return fail(kFileInTheWay, "backup");
  Report report;
  const Credential credential = TRY(make_copy_credential(request, report, engine.rng()));
  TRY(seal_vault(
      file, credential,
      [&](const Path& copy, const DatabaseKey& key) { return fill_backup(engine.db(), copy, key); },
      engine.rng()));
  TRY(engine.in_transaction([&] {
    return save_setting(engine.db(), setting::kBackedUpOn,
                        Writer().integer(engine.today().value).view());
  }));
  report.data.set("file", file.string());
  report.line("Written: " + shown(file.string()) +
              ". It holds who you are and whom you know, and no message. Make a new one when you "
              "have new contacts, at least each month: people change where they are reached.");
  return report;
}

}  // namespace tocsin

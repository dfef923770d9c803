// restore, move, recover: commands that make a vault, or change what it is, in this process itself.
#include <unistd.h>

#include <array>
#include <utility>

#include "client/cli/commands.h"
#include "client/cli/copy_credential.h"
#include "client/cli/explain.h"
#include "client/cli/local_commands.h"
#include "client/cli/new_vault.h"
#include "client/cli/profile.h"
#include "client/cli/rounds.h"
#include "client/cli/serve.h"
#include "client/cli/terminal.h"
#include "client/cli/unlock.h"
#include "client/codes.h"
#include "client/engine/new_identity.h"
#include "client/engine/renewal.h"
#include "client/engine/restoring.h"
#include "crypto/vault/sealed_vault.h"

namespace tocsin {
namespace {

ValueList names_of(const std::vector<std::string>& names) {
  ValueList list;
  for (const std::string& name : names) list.emplace_back(name);
  return list;
}

std::string joined(const std::vector<std::string>& names) {
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : ", ") + shown(name);
  return all;
}

// What was queued leaves, when a relay answers in time; else later.
Status leave_after_sending(std::unique_ptr<Workplace> place, Report& report) {
  const RoundsOutcome outcome = TRY(run_rounds(place->engine(), kSync));
  report.data.set("waiting", static_cast<std::int64_t>(outcome.waiting));
  if (outcome.waiting > 0)
    report.line("Not everything is at a relay yet: `tocsin sync` or `tocsin run` goes on.");
  return std::move(*place).leave();
}

// What was made for the person is shown whatever happens then: there is no second time.
Report sent_or_said(std::unique_ptr<Workplace> place, Report report) {
  const Status left = leave_after_sending(std::move(place), report);
  if (left.has_value()) return report;
  const Report failure = explain(left.error());
  report.exit = failure.exit;
  report.error = failure.error;
  report.hint = failure.hint;
  return report;
}

Result<Vault> reencrypt_under(Vault vault, const Credential& credential, Rng& rng) {
  const SlotKind kind = credential.is_key_file() ? SlotKind::kKeyFile : SlotKind::kPassphrase;
  const std::array kept{KeptCredential{kind, credential}};
  return std::move(vault).reencrypt({.kept = kept, .cost = kLeastVaultCost, .progress = {}}, rng);
}

// A folder that is not there is told as such.
std::unexpected<Error> no_place(const Error& error) {
  return fail(error.code == kFileNotFound ? Error{kNoSuchFile, "folder of a copy", error.detail}
                                          : error);
}

Status ask_to_go_on(const CommandRequest& request, const std::string& what) {
  if (request.has("yes")) return {};
  if (!can_ask()) return fail(kClientBadUsage, "--yes");
  if (TRY(ask_line(what + " Type yes to go on:")) != "yes") return fail(kNotConfirmed, "question");
  return {};
}

}  // namespace

Result<Report> restore_command(const CommandRequest& request) {
  SystemRng rng;
  const Path folder = TRY(vault_folder(request));
  if (TRY(file_exists(VaultFiles(folder).keys))) return fail(kVaultExists, "vault");
  const Path file = request.value_or("copy", "");
  if (!TRY(file_exists(file))) return fail(kNoSuchFile, "copy");
  const Credential of_copy = TRY(ask_copy_credential(request));
  // Before anything is written: whoever breaks off here has changed nothing.
  const FirstCredential first = TRY(first_credential(request, rng));
  TRY(unseal_vault(file, folder, of_copy));
  // From here on the file's words open the vault, until it is encrypted under what was chosen.
  Vault vault = TRY(Vault::open(vault_setup(folder), of_copy, rng));
  vault = TRY(reencrypt_under(std::move(vault), first.credential, rng));
  Report report;
  report.data.set("vault", folder.string());
  report.line("The vault is here: " + shown(folder.string()));
  TRY(give_recovery_words(vault, first, request, report));
  // Before a relay is asked: from here on nothing else opens it, and whoever breaks off has them.
  if (!request.has("json")) TRY(print_text(STDOUT_FILENO, std::exchange(report.text, {})));
  std::unique_ptr<Workplace> place = TRY(Workplace::enter(std::move(vault)));
  const std::optional<Restored> restored = place->restored();
  report.data.set("from", restored.has_value() ? "backup" : "move");
  if (restored.has_value()) {
    report.line(
        "Everybody is written to anew, under your same identity; who was verified stays so. They "
        "are told that you began anew. What they sent you and you had not received comes again.");
    report.data.set("out_of_reach", names_of(restored->out_of_reach));
    if (!restored->out_of_reach.empty())
      report.line("Only when they invite you anew: " + joined(restored->out_of_reach));
    report.line("Invitations that nobody had accepted are void: make new ones.");
  }
  return sent_or_said(std::move(place), std::move(report));
}

Result<Report> move_command(const CommandRequest& request) {
  SystemRng rng;
  const Path folder = TRY(vault_folder(request));
  const Path file = request.value_or("copy", "");
  if (TRY(file_exists(file))) return fail(kFileInTheWay, "move");
  if (owner_listens(TRY(socket_path(folder)))) return fail(kLocked, "move beside a running owner");
  TRY(ask_to_go_on(request,
                   "This vault goes into the file and does nothing here any more. The file, with "
                   "its words, is everything you are."));
  Vault vault = TRY(open_vault(request, folder, rng));
  const bool again = !check_not_moved(vault.database()).has_value();
  if (again && !request.has("again"))
    return failed(Exit::kFailed, "this vault was moved already",
                  "if that file was never opened anywhere, and is lost: add --again. Two vaults of "
                  "one origin raise the alarm at everybody");
  Report report;
  const Credential credential = TRY(make_copy_credential(request, report, rng));
  const Status sealed = seal_vault(
      file, credential,
      [&](const Path& copy, const DatabaseKey& key) {
        return fill_move(vault.database(), copy, key);
      },
      rng, [&] { return mark_moved(vault.database()); });
  if (!sealed.has_value()) {
    if (!again && !TRY(file_exists(file))) TRY(take_mark_back(vault.database()));
    return no_place(sealed.error());
  }
  TRY(std::move(vault).close());
  report.data.set("file", file.string());
  report.line("Written: " + shown(file.string()) +
              ". On the other device: tocsin restore FILE. When it works there, erase the file and "
              "type `tocsin wipe` here.");
  return report;
}

namespace {

constexpr const char* kNewKey =
    "The vault has a new key; only what you opened it with now opens it.";

Result<Report> recover_as_yourself(std::unique_ptr<Workplace> place) {
  const Renewal renewal = TRY(renew_contacts(place->engine()));
  Report report;
  report.data.set("renewed", names_of(renewal.renewed)).set("not_yet", names_of(renewal.not_yet));
  report.line(kNewKey);
  if (!renewal.renewed.empty()) report.line("New mailbox and session: " + joined(renewal.renewed));
  if (!renewal.not_yet.empty())
    report.line("Not yet, type it again later: " + joined(renewal.not_yet));
  report.line(
      "Your identity and signing keys are the old ones: if they were copied, somebody can still "
      "write in your name. `tocsin recover --new-identity` is the way out of that.");
  return sent_or_said(std::move(place), std::move(report));
}

// The old mailboxes go at their relays with the next rounds: those of the vault opened anew.
Report told_to_everybody(const NewIdentity& told) {
  Report report;
  report.data.set("to_invite", names_of(told.to_invite))
      .set("organisations", names_of(told.organisations));
  report.line(kNewKey);
  report.line("You are a new person to everybody, and nobody has verified the new one.");
  if (!told.to_invite.empty()) {
    report.line("Who must verify you again, after an invitation each: " + joined(told.to_invite));
    report.line(
        "For each: tocsin invite NAME, given by another way than tocsin. Until they hear of it, "
        "whoever copied your old identity can still write to them in your name: tell them to trust "
        "it no more. Their keys, and how you verified them, stay.");
  }
  if (!told.organisations.empty())
    report.line(
        "Your signing keys may be copied too. Ask the other holders to replace you (tocsin org "
        "replace): " +
        joined(told.organisations));
  return report;
}

}  // namespace

Result<Report> recover_command(const CommandRequest& request) {
  SystemRng rng;
  const Path folder = TRY(vault_folder(request));
  const bool anew = request.has("new-identity");
  TRY(ask_to_go_on(
      request,
      anew ? "Do this on a clean device only. You become a new person: every session, mailbox and "
             "invitation of yours ends, and everybody must be invited and verify you again."
           : "Do this on a clean device only. It makes new what spyware could have copied: the "
             "vault's key, your mailboxes, every session. Your identity stays."));
  if (!TRY(file_exists(VaultFiles(folder).keys))) return fail(kNoVault, "vault");
  const Credential credential = TRY(ask_credential(request, "Your passphrase:"));
  Vault vault = TRY(open_vault_with(request, folder, credential, rng));
  TRY(check_not_moved(vault.database()));
  vault = TRY(reencrypt_under(std::move(vault), credential, rng));
  std::unique_ptr<Workplace> place = TRY(Workplace::enter(std::move(vault)));
  // Who writes to us meanwhile is heard first: every session of theirs that ends is one less lost.
  TRY(run_rounds(place->engine(), kSync));
  if (!anew) return recover_as_yourself(std::move(place));
  const NewIdentity told = TRY(begin_new_identity(place->engine()));
  TRY(std::move(*place).leave());
  place = TRY(Workplace::enter(TRY(open_vault_with(request, folder, credential, rng))));
  return sent_or_said(std::move(place), told_to_everybody(told));
}

}  // namespace tocsin

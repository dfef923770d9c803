// client/cli/guided_vault.h: who carries out what the guide asks for: a running `tocsin run`, or
// this process with the vault open for as long as the guide lasts.
//
// Errors:  those of unlock.h; owner_gone
// Threads: the engine's
#pragma once

#include <memory>
#include <string>

#include "client/cli/report.h"
#include "client/cli/unlock.h"

namespace tocsin {

class GuidedVault {
 public:
  // What every request carries: --vault, --lang, the locale, how to unlock.
  explicit GuidedVault(CommandRequest base) : base_(std::move(base)) {}

  // Whether a running owner can be asked; nothing needs to be unlocked then.
  Result<bool> is_served() const;
  Status open(Vault vault);

  Report carry(CommandRequest request);
  // Shows nothing itself: the caller has shown the report, so what it shows counts as read.
  Status note_shown(const Report& report);
  // Messages come and go for up to half a second, less when something is typed.
  Status meanwhile();
  // What was written leaves, when a relay answers in time; then the vault is locked.
  Status close();

 private:
  CommandRequest base_;
  std::unique_ptr<Workplace> place_;  // empty: a running owner is asked
};

}  // namespace tocsin

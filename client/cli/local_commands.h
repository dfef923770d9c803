// client/cli/local_commands.h: commands a process carries out itself, because they make, change or
// destroy the vault.
//
// Threads: one
#pragma once

#include "client/cli/report.h"
#include "client/cli/request.h"

namespace tocsin {

Result<Report> init_command(const CommandRequest& request);
Result<Report> passphrase_command(const CommandRequest& request);
Result<Report> reencrypt_command(const CommandRequest& request);
Result<Report> slots_command(const CommandRequest& request);
Result<Report> restore_command(const CommandRequest& request);
Result<Report> move_command(const CommandRequest& request);
Result<Report> recover_command(const CommandRequest& request);
Result<Report> wipe_command(const CommandRequest& request);
// Serves the vault until stopped (serve.h).
Result<Report> run_owner(const CommandRequest& request);

}  // namespace tocsin

// client/cli/copy_credential.h: what opens a file of `backup` or `move`.
//
// Secrets: the credential; words that were made, to be shown once
// Threads: one
#pragma once

#include "client/cli/report.h"
#include "client/cli/request.h"
#include "crypto/vault/credential.h"

namespace tocsin {

// --make-key-file, --new-passphrase-file, else seven words made here and put into the report.
Result<Credential> make_copy_credential(const CommandRequest& request, Report& report, Rng& rng);
// --copy-key-file, --copy-passphrase-file, else asked.
Result<Credential> ask_copy_credential(const CommandRequest& request);

}  // namespace tocsin

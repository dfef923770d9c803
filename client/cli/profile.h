// client/cli/profile.h: where a vault and its running owner are.
//
// Errors:  client_bad_usage (no home and no --vault)
// Threads: values only
#pragma once

#include "client/cli/request.h"
#include "crypto/base/files.h"

namespace tocsin {

// --vault, else $XDG_DATA_HOME/tocsin, else ~/.local/share/tocsin.
Result<Path> vault_folder(const CommandRequest& request);
// The socket of the `tocsin run` that owns this vault: in the runtime directory, named by the
// folder.
Result<Path> socket_path(const Path& folder);

}  // namespace tocsin

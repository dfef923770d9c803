// client/cli/evidence_pack.h: `evidence send` of a folder: packed by the process that asks, into
// the vault's folder, so that the vault's owner goes on with everything else.
//
// Threads: one
#pragma once

#include "client/cli/report.h"
#include "client/cli/request.h"
#include "client/engine/engine.h"
#include "crypto/base/files.h"

namespace tocsin {

// Where the request names a folder, it names the packed file afterwards. kDone and empty when there
// was nothing to do.
Report pack_for(CommandRequest& request);
// The command did not take what was packed for it.
void unpack(const CommandRequest& request, const Report& report);
// What a kill left in the vault's folder, packed and named by no row.
void sweep_packed(Engine& engine, const Path& vault);

}  // namespace tocsin

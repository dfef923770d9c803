// client/cli/evidence_export.h: a file that arrived, written anew for somebody who uses age.
//
// Source:  C2SP age.md through crypto/age
// Shape:   in   the answer to `evidence status`;  out  a new file of mode 0600
// Errors:  in the report: bad recipients, a file in the way, one that is not what arrived
// Threads: one; this process reads and writes, the vault's owner only says where the file is
#pragma once

#include "client/cli/questions.h"
#include "client/cli/report.h"

namespace tocsin {

// Reads the file once: what does not have the SHA-256 that was received leaves nothing behind.
Report export_evidence(const CommandRequest& request, const Carrier& carry);

}  // namespace tocsin

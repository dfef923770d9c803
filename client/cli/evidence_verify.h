// client/cli/evidence_verify.h: a folder that somebody calls a bag, checked and told.
//
// Source:  RFC 8493 through client/bag
// Errors:  no_such_file; a bag that is not valid is a report with Exit::kNotVerified
// Threads: one
#pragma once

#include "client/cli/report.h"

namespace tocsin {

// Needs no vault. Names out of the bag are made safe to print.
Result<Report> evidence_verify(const CommandRequest& request);

}  // namespace tocsin

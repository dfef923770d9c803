// client/cli/evidence_bag.h: `evidence export --bag`: a file with everything that proves its
// custody, as a folder that anybody can check.
//
// Spec:    protocol/spec/custody.md CUS-4
// Source:  RFC 8493 (client/bag), RFC 3161 (client/custody)
// Threads: one
#pragma once

#include "client/cli/report.h"
#include "client/cli/request.h"

namespace tocsin {

// `answer`: the owner's, with the case's documents. What is written is added to it.
Report write_evidence_bag(const CommandRequest& request, Report answer);
// The question for a time stamp over the newest record of ours.
Report write_time_stamp_question(const CommandRequest& request, Report answer);

}  // namespace tocsin

// client/cli/evidence_progress.h: waiting for a file, with what a person wants to see meanwhile.
//
// Shape:   in   the answer to `evidence send` or `receive`, and a way to ask for its status
//          out  the last status, and the exit code it deserves
// Threads: one
#pragma once

#include <functional>

#include "client/cli/report.h"
#include "client/cli/request.h"

namespace tocsin {

inline constexpr std::int64_t kEvidenceRoundMs = 100;

// Commands that go on until a file is where it belongs.
bool moves_evidence(const CommandRequest& request);

// Asks until the file is there, or cannot be. A process that is ended meanwhile loses nothing: the
// next `tocsin run` or `sync` goes on.
Report follow_evidence(const Report& begun, const CommandRequest& request,
                       const std::function<Result<Report>(const CommandRequest&)>& ask);

}  // namespace tocsin

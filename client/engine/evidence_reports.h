// client/engine/evidence_reports.h: what the port reported, taken into the rows and told.
//
// Spec:    protocol/spec/evidence.md EVI-4; custody.md CUS-5
// Errors:  file_fault (a file that cannot be named), those of crypto/db
// Threads: the engine's
#pragma once

#include "client/engine/engine.h"

namespace tocsin {

// Inside the caller's transaction.
Status take_report(Engine& engine, const EvidenceReport& report, EvidenceRow row);

}  // namespace tocsin

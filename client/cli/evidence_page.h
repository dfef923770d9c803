// client/cli/evidence_page.h: one file on its way, and its custody, as a person sees it.
//
// Errors:  no_such_evidence, those of crypto/db
// Threads: the engine's
#pragma once

#include "client/cli/report.h"
#include "client/engine/engine.h"

namespace tocsin {

Result<EvidenceRow> evidence_named(Engine& engine, const CommandRequest& request);
// What stands for it in a list.
Result<Report> evidence_line(Engine& engine, const EvidenceRow& row);
Result<Report> evidence_page(Engine& engine, EvidenceNumber id);

}  // namespace tocsin

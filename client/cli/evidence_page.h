// client/cli/evidence_page.h: one file on its way, and its custody, as a person sees it.
//
// Shape:   the first line of the text stands for it in a list
// Errors:  no_such_evidence, those of crypto/db
// Threads: the engine's
#pragma once

#include "client/cli/report.h"
#include "client/engine/engine.h"

namespace tocsin {

Result<EvidenceRow> evidence_named(Engine& engine, const CommandRequest& request);
Result<Report> evidence_page(Engine& engine, EvidenceNumber id);

}  // namespace tocsin

// client/evidence/jobs.h: one job, from its first frame to its last report.
//
// Spec:    protocol/spec/evidence.md EVI-2, EVI-3; blob.md
// Shape:   blocks; tells what happens on the way; the caller tells how it ended
// Errors:  those of JobFailed
// Threads: the mover's
// Cost:    at most kBulkInFlight frames in memory, whatever the file's length
#pragma once

#include <functional>

#include "client/engine/evidence_port.h"
#include "client/evidence/blob_line.h"

namespace tocsin::evidence {

using Tell = std::function<void(decltype(EvidenceReport::what))>;

// How a job ended when it did not fail.
using Outcome = std::variant<JobDone, JobWaits, BlobFull, BlobErased, FileHashed, NameDropped>;

Result<Outcome> run_job(const SendJob& job, const LineParts& parts, const Tell& tell);
Result<Outcome> run_job(const ReceiveJob& job, const LineParts& parts, const Tell& tell);
Result<Outcome> run_job(const EraseJob& job, const LineParts& parts, const Tell& tell);
Result<Outcome> run_job(const HashJob& job, const LineParts& parts, const Tell& tell);
Result<Outcome> run_job(const DropJob& job, const LineParts& parts, const Tell& tell);

}  // namespace tocsin::evidence

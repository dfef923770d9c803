// What there is to do with a file on this disk alone.
#include "client/evidence/jobs.h"
#include "client/evidence/local_file.h"

namespace tocsin::evidence {

Result<Outcome> run_job(const HashJob& job, const LineParts& parts, const Tell&) {
  std::optional<Sha256> content;
  if (job.mark.has_value()) {
    SourceFile source = TRY(SourceFile::open(job.path, *job.mark, job.inside));
    content = TRY(source.hash(parts.stop));
    TRY(source.check_unchanged());
  } else {
    const FileDescriptor file = TRY(open_received(job.path));
    content = TRY(hash_of(file.get(), job.length, parts.stop));
  }
  if (!content.has_value()) return Outcome{JobWaits{}};
  return Outcome{FileHashed{*content}};
}

Result<Outcome> run_job(const DropJob& job, const LineParts& parts, const Tell&) {
  if (!TRY(drop_name(job.path, parts.stop))) return Outcome{JobWaits{}};
  return Outcome{NameDropped{}};
}

}  // namespace tocsin::evidence

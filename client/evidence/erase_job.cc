// A blob that nobody needs any more goes from its relay.
#include "client/codes.h"
#include "client/evidence/jobs.h"
#include "client/net/calls.h"
#include "crypto/box/agree.h"

namespace tocsin::evidence {

Result<Outcome> run_job(const EraseJob& job, const LineParts& parts, const Tell&) {
  const std::unique_ptr<BlobLine> line = TRY(BlobLine::connect(parts, job.relay));
  net::OwnerKeys owner{{}, job.owner};
  x25519_public_of(job.owner.expose(kExpose), owner.public_key.mutable_view());
  const std::optional<Reply> erased = TRY(line->ask(DeleteBlob{job.blob}, net::as_owner(owner)));
  if (!erased.has_value()) return Outcome{JobWaits{}};
  // Refused: it is gone already.
  if (erased->answer != Answer::kOk && erased->answer != Answer::kRefused)
    return fail(kRelayRefused, "erase a blob", static_cast<std::int64_t>(erased->answer));
  return Outcome{BlobErased{}};
}

}  // namespace tocsin::evidence

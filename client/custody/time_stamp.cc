#include "client/custody/time_stamp.h"

#include "client/codes.h"
#include "protocol/alert/text.h"

namespace tocsin {
namespace {

constexpr std::size_t kNonceBytes = 16;
constexpr std::size_t kSignerLetters = 160;

Bytes draw_nonce(Rng& rng) {
  Bytes nonce(kNonceBytes);
  rng.fill(nonce);
  // DER has no zeros in front: one that has none reads back as it was written.
  nonce.front() |= 0x40U;
  return nonce;
}

}  // namespace

Result<Bytes> make_time_stamp_request(BytesView bytes, Rng& rng) {
  return encode_timestamp_query({sha256({bytes}), draw_nonce(rng)});
}

Result<TimeStamp> read_time_stamp(BytesView response, BytesView request) {
  const TimestampQuery asked = TRY(decode_timestamp_query(request));
  const TimestampReply reply = TRY(decode_timestamp_reply(response));
  if (!reply.token.has_value()) return fail(kTimeStampRefused, "time stamp", reply.status);
  const TimestampToken& token = *reply.token;
  if (token.imprint != asked.imprint) return fail(kOtherTimeStamp, "hash of a time stamp");
  if (asked.nonce.empty() || token.nonce != asked.nonce)
    return fail(kOtherTimeStamp, "nonce of a time stamp");
  return TimeStamp{
      .imprint = token.imprint,
      .seconds = token.seconds,
      .policy = token.policy,
      .signer = safe_text(token.signer, {kSignerLetters, LineBreaks::kForbidden}),
  };
}

Result<TimeStamp> check_time_stamp(const TimestampProof& proof) {
  TimeStamp stamp = TRY(read_time_stamp(proof.reply, proof.query));
  TRY(verify_timestamp(proof));
  return stamp;
}

}  // namespace tocsin

// client/custody/time_stamp.h: a time stamp asked for, and an answer from anywhere checked against
// what was asked.
//
// Spec:    protocol/spec/custody.md CUS-4.4
// Source:  RFC 3161
// Errors:  too_large, malformed, time_stamp_refused (detail = the authority's status),
//          other_time_stamp, bad_signature, bad_key
// Threads: values only
#pragma once

#include <string>

#include "crypto/base/rng.h"
#include "crypto/box/timestamp_token.h"

namespace tocsin {

struct TimeStamp {
  Sha256 imprint;             // of the bytes that were stamped
  std::uint64_t seconds = 0;  // since 1970, as the authority says
  std::string policy;         // of the authority, dotted numbers
  std::string signer;         // name in its certificate, made safe; empty: it sent none
};

// What to send to an authority: it learns the SHA-256 of the bytes and nothing else.
Result<Bytes> make_time_stamp_request(BytesView bytes, Rng& rng);

// What the authority says, if it granted just this request. Who signed is not checked.
Result<TimeStamp> read_time_stamp(BytesView response, BytesView request);

// The same, signed by an authority below one of these certificates (PEM).
Result<TimeStamp> check_time_stamp(const TimestampProof& proof);

}  // namespace tocsin

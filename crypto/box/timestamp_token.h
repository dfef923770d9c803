// crypto/box/timestamp_token.h: the bytes of a time stamp: what is asked for, and what an authority
// answers.
//
// Source:  RFC 3161, through OpenSSL's TS
// Shape:   DER, at most kMostTimestampBytes; SHA-256 as the one hash
// Errors:  too_large, malformed, bad_signature, bad_key (no certificate in what was given),
//          no_memory, library_fault
// Threads: values only
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "crypto/base/bytes.h"
#include "crypto/box/hash.h"

namespace tocsin {

// An answer with the certificates of its authority has 3 … 8 KiB.
inline constexpr std::size_t kMostTimestampBytes = std::size_t{64} << 10;

struct TimestampQuery {
  Sha256 imprint;
  Bytes nonce;  // 1 … 32 bytes, big-endian, without zeros in front
  friend bool operator==(const TimestampQuery&, const TimestampQuery&) = default;
};

// Asks for the authority's certificate too: without it nobody can check the answer later.
Result<Bytes> encode_timestamp_query(const TimestampQuery& query);
Result<TimestampQuery> decode_timestamp_query(BytesView der);

// What an authority says. Nothing in it is checked but its form.
struct TimestampToken {
  Sha256 imprint;
  Bytes nonce;                // empty: none
  std::uint64_t seconds = 0;  // since 1970
  std::string policy;         // dotted numbers
  std::string signer;         // subject of the certificate, RFC 2253, ASCII; empty: not in it
};
struct TimestampReply {
  std::int64_t status = 0;              // 0 granted, 1 granted with changes, else refused
  std::optional<TimestampToken> token;  // with 0 and 1
};
Result<TimestampReply> decode_timestamp_reply(BytesView der);

// That the reply answers the query and is signed by an authority below one of the certificates
// (PEM), as things stood at the time that it tells. Revocation is not looked at: that needs a
// network.
struct TimestampProof {
  BytesView reply;
  BytesView query;
  BytesView authorities;
};
Status verify_timestamp(const TimestampProof& proof);

}  // namespace tocsin

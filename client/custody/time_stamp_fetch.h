// client/custody/time_stamp_fetch.h: a time stamp asked for over HTTP.
//
// Source:  RFC 3161 section 3.4 (POST), through libcurl
// Shape:   a request in, the answer's bytes out: hostile, at most kMostTimestampBytes
// Errors:  client_bad_usage (an address that is neither http nor https, or a proxy that cannot be
//          meant), no_time_stamp, too_large
// Threads: any
// Cost:    at most kTimeStampSeconds
#pragma once

#include <string>

#include "crypto/base/bytes.h"

namespace tocsin {

inline constexpr long kTimeStampSeconds = 60;

// Nothing is followed: an authority that answers with another address gave no time stamp.
// `proxy`: HOST:PORT of a SOCKS5 proxy, which resolves the name as well; empty: none.
Result<Bytes> fetch_time_stamp(const std::string& url, BytesView request, const std::string& proxy);

}  // namespace tocsin

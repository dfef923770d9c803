// protocol/blob/data_frame.h: the two frames of the bulk plane that carry stored bytes.
//
// Spec:    protocol/spec/blob.md BLB-1.3
// Shape:   PutData  to the relay: a put request and what it stores
//          GotData  from the relay: the answer to a get
// Layout:  256 bytes for the relay, zero-padded | 65,280 stored bytes
//          put: kind 1 (=1) ‖ request id 8 ‖ tag 32 ‖ command;  got: kind 1 (=2) ‖ request id 8
// Errors:  malformed (one answer for every cause)
// Threads: values only; a decoded frame views the bytes it came from
// Cost:    one copy to encode, none to decode
#pragma once

#include "protocol/blob/limits.h"
#include "protocol/wire/message.h"

namespace tocsin {

using StoredFrame = std::span<const std::uint8_t, kStoredFrameBytes>;

struct PutData {
  Request request;  // the bytes of a PutFrame with its tag; no access
  StoredFrame stored;
};
struct GotData {
  RequestId request;
  StoredFrame stored;
};

Bytes encode(const PutData& put);
Bytes encode(const GotData& got);
Result<PutData> decode_put(BytesView frame);
Result<GotData> decode_got(BytesView frame);

}  // namespace tocsin

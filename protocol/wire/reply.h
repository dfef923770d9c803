// protocol/wire/reply.h: bodies of the replies that carry one.
//
// Spec:    protocol/spec/wire.md WIR-9
// Shape:   createMailbox → readId 32 | dropId 32;  rotateDrop → dropId 32;
//          getBoard, watchBoard → board record (protocol/board/record.h) or nothing
// Errors:  malformed (wrong length)
// Threads: values only
#pragma once

#include "crypto/base/bytes.h"
#include "crypto/keys/keys.h"

namespace tocsin {

struct CreatedMailbox {
  ReadId read_id;
  DropId drop_id;
  bool operator==(const CreatedMailbox&) const = default;
};
Bytes encode_created(const CreatedMailbox& created);
Result<CreatedMailbox> decode_created(BytesView body);

Bytes encode_rotated(const DropId& drop_id);
Result<DropId> decode_rotated(BytesView body);

}  // namespace tocsin

#include "protocol/wire/reply.h"

#include "crypto/base/codec.h"

namespace tocsin {

Bytes encode_created(const CreatedMailbox& created) {
  return concat({created.read_id.view(), created.drop_id.view()});
}

Result<CreatedMailbox> decode_created(BytesView body) {
  Reader reader(body);
  const auto read_id = reader.fixed<ReadId>();
  const auto drop_id = reader.fixed<DropId>();
  TRY(reader.finish("created mailbox"));
  return CreatedMailbox{read_id, drop_id};
}

Bytes encode_rotated(const DropId& drop_id) { return to_bytes(drop_id.view()); }
Result<DropId> decode_rotated(BytesView body) { return DropId::from(body); }

}  // namespace tocsin

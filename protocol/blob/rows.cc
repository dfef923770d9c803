#include "protocol/blob/rows.h"

#include "crypto/box/hash.h"
#include "crypto/box/labels.h"

namespace tocsin {

// BLB-3.1: read ids and drop ids of mailboxes are looked up under kinds 0 and 1 (MBX-1.2).
ReadId blob_id_of(const LookupKey& key, const OwnerPublic& owner) {
  constexpr std::uint8_t kBlobKind = 2;
  return keyed_blake2b_of<ReadId>(
      key.expose(kExpose), {label_bytes(Label::kLookup), BytesView(&kBlobKind, 1), owner.view()});
}

bool is_expired(const BlobRow& blob, Day today) { return today > blob.last_day; }

}  // namespace tocsin

// protocol/blob/rows.h: what a store keeps about blobs.
//
// Spec:    protocol/spec/blob.md BLB-3, BLB-10
// Threads: values only
#pragma once

#include "crypto/base/strong.h"
#include "crypto/base/time.h"
#include "crypto/keys/keys.h"

namespace tocsin {

// A name within one store; it never leaves the relay.
using BlobNumber = Strong<struct BlobNumberTag, std::uint64_t>;

enum class BlobStanding : std::uint8_t { kOpen = 0, kSealed = 1 };

struct BlobRow {
  BlobNumber number = {};
  LookupHash read = {};  // the read id, hashed as those of mailboxes are
  OwnerPublic owner = {};
  std::uint32_t frames = 0;
  std::uint8_t days = 0;
  BlobStanding standing = BlobStanding::kOpen;
  Day last_day = {};  // kept up to and including this day
  bool operator==(const BlobRow&) const = default;
};

// The same owner gets the same id again: creating is repeatable, and no id is kept in clear.
ReadId blob_id_of(const LookupKey& key, const OwnerPublic& owner);

bool is_expired(const BlobRow& blob, Day today);

}  // namespace tocsin

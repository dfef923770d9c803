// protocol/blob/command.h: the commands of the bulk plane, each with its own bytes.
//
// Spec:    protocol/spec/blob.md BLB-2
// Shape:   in   BulkCommand, or the command bytes of a request on the bulk plane
//          out  kind u8 ‖ fields, little-endian, and back; one value, one encoding
// Errors:  malformed (one answer for every cause), unsupported_version (a kind of a later version)
// Threads: values only
#pragma once

#include <variant>

#include "crypto/base/bytes.h"
#include "crypto/keys/keys.h"

namespace tocsin {

struct BulkPing {
  bool operator==(const BulkPing&) const = default;
};

// Owner's commands: the request carries a tag.
struct CreateBlob {
  OwnerPublic owner;
  std::uint32_t frames = 0;  // 1 … kMaxBlobFrames
  std::uint8_t days = 0;     // 1 … kMaxBlobDays after the last put or get
  bool operator==(const CreateBlob&) const = default;
};
struct PutFrame {  // in a data frame: the stored bytes stand behind it
  ReadId read_id;
  std::uint32_t index = 0;
  bool operator==(const PutFrame&) const = default;
};
struct SealBlob {
  ReadId read_id;
  bool operator==(const SealBlob&) const = default;
};
struct DeleteBlob {
  ReadId read_id;
  bool operator==(const DeleteBlob&) const = default;
};

// Authorised by the capability itself.
struct GetFrame {
  ReadId read_id;
  std::uint32_t index = 0;
  bool operator==(const GetFrame&) const = default;
};
struct StatBlob {
  ReadId read_id;
  bool operator==(const StatBlob&) const = default;
};

using BulkCommand =
    std::variant<BulkPing, CreateBlob, PutFrame, SealBlob, DeleteBlob, GetFrame, StatBlob>;

Bytes encode_bulk(const BulkCommand& command);
Result<BulkCommand> decode_bulk(BytesView bytes);

}  // namespace tocsin

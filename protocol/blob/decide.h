// protocol/blob/decide.h: what a request on the bulk plane means, decided from rows alone.
//
// Spec:    protocol/spec/blob.md BLB-4 … BLB-10
// Shape:   in   command, what the store loaded for it, who asks;  out  effects, one answer last
// Errors:  none: a refusal is an effect (the answer)
// Threads: values only
// Cost:    no input or output, no clock; a key agreement where an owner's tag is checked
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "protocol/blob/command.h"
#include "protocol/blob/reply.h"
#include "protocol/mailbox/decide.h"

namespace tocsin {

// What a command needs from the store. A lookup without a row is answered like a wrong tag.
struct BlobNeeds {
  std::optional<LookupHash> blob;                     // this one
  std::optional<std::uint32_t> frame = std::nullopt;  // whether this frame of it is there
  bool map = false;                                   // which frames are
};
BlobNeeds needs_of(const BulkCommand& command, const LookupKey& lookup_key);

enum class FrameThere : std::uint8_t {
  kNo,
  kSame,   // the bytes a put brings, or any for a get
  kOther,  // than a put brings
};
struct LoadedBlob {
  std::optional<BlobRow> blob = std::nullopt;
  FrameThere frame = FrameThere::kNo;
  std::optional<FrameMap> map = std::nullopt;
};

// The run as the store knows it.
struct BulkGround {
  const LookupKey& lookup_key;
  Day today;
  std::uint32_t free_frames = 0;  // neither stored nor promised to a blob
  RelayLife life = RelayLife::kOpen;
};

struct BulkAsked {
  const BulkCommand& command;
  const Request& request;
  AccessVerdict access = AccessVerdict::kNone;
};

// Durable before the answer leaves.
struct InsertBlob {
  BlobRow row;  // its number is the store's to give
};
struct UpdateBlob {
  BlobRow row;
};
struct EraseBlob {  // the row, and every frame of it
  BlobNumber blob;
};
struct StoreFrame {  // what the request brought
  BlobNumber blob;
  std::uint32_t index = 0;
};
// Leave the relay.
struct AnswerFrame {  // a data frame with what is stored
  BlobNumber blob;
  std::uint32_t index = 0;
};
struct AnswerReply {
  Answer answer = Answer::kOk;
  Bytes body = {};
};
using BlobEffect =
    std::variant<InsertBlob, UpdateBlob, EraseBlob, StoreFrame, AnswerFrame, AnswerReply>;
using BlobEffects = std::vector<BlobEffect>;

BlobEffects decide(const BulkAsked& asked, const LoadedBlob& loaded, OwnerKeys& keys,
                   const BulkGround& ground);

}  // namespace tocsin

#include "protocol/blob/data_frame.h"

#include "crypto/base/codec.h"
#include "protocol/blob/command.h"

namespace tocsin {
namespace {

enum class Kind : std::uint8_t { kPut = 1, kGot = 2 };

Bytes with_stored(Writer part, StoredFrame stored) {
  Writer frame(kDataFrameBytes);
  frame.raw(part.pad_to(kRelayPartBytes).view()).raw(stored);
  return std::move(frame).take();
}

// The relay's part of a frame of this kind, behind its kind.
Result<Reader> relay_part(BytesView frame, Kind kind) {
  if (frame.size() != kDataFrameBytes)
    return fail(kMalformed, "data frame size", static_cast<std::int64_t>(frame.size()));
  Reader part(frame.first(kRelayPartBytes));
  if (part.integer<std::uint8_t>() != static_cast<std::uint8_t>(kind))
    return fail(kMalformed, "data frame kind");
  return part;
}

StoredFrame stored_part(BytesView frame) {
  return frame.subspan(kRelayPartBytes).first<kStoredFrameBytes>();
}

}  // namespace

Bytes encode(const PutData& put) {
  Writer part(kRelayPartBytes);
  part.integer(static_cast<std::uint8_t>(Kind::kPut))
      .integer(put.request.id.value)
      .raw(put.request.tag.value_or(Tag{}).view())
      .raw(put.request.command);
  return with_stored(std::move(part), put.stored);
}

Bytes encode(const GotData& got) {
  Writer part(kRelayPartBytes);
  part.integer(static_cast<std::uint8_t>(Kind::kGot)).integer(got.request.value);
  return with_stored(std::move(part), got.stored);
}

Result<PutData> decode_put(BytesView frame) {
  static const std::size_t kCommandBytes = encode_bulk(PutFrame{}).size();
  Reader part = TRY(relay_part(frame, Kind::kPut));
  Request request;
  request.id = RequestId{part.integer<std::uint64_t>()};
  request.tag = part.fixed<Tag>();
  request.command = to_bytes(part.raw(kCommandBytes));
  TRY(part.finish_zero_padded("data frame padding"));
  return PutData{std::move(request), stored_part(frame)};
}

Result<GotData> decode_got(BytesView frame) {
  Reader part = TRY(relay_part(frame, Kind::kGot));
  const RequestId request{part.integer<std::uint64_t>()};
  TRY(part.finish_zero_padded("data frame padding"));
  return GotData{request, stored_part(frame)};
}

}  // namespace tocsin

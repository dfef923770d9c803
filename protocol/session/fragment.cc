#include "protocol/session/fragment.h"

#include <algorithm>
#include <bit>

#include "crypto/base/codec.h"

namespace tocsin {
namespace {

std::size_t room_of(Rooms rooms, std::size_t index) {
  return rooms[std::min(index, rooms.size() - 1)];
}

// How many fragments carry bytes.
Result<std::size_t> count_filled(std::size_t body_bytes, Rooms rooms) {
  if (body_bytes > kMaxBodyBytes)
    return fail(kTooLarge, "message", static_cast<std::int64_t>(body_bytes));
  // A fragment's length is a u16, and the prefix is not worth tearing apart.
  for (const std::size_t room : rooms) {
    if (room < kMessagePrefixBytes || room > UINT16_MAX)
      return fail(kOutOfRange, "room of an envelope", static_cast<std::int64_t>(room));
  }
  if (rooms.empty()) return fail(kOutOfRange, "room of an envelope");
  std::size_t left = kMessagePrefixBytes + body_bytes;
  std::size_t count = 0;
  while (left > 0) {
    left -= std::min(left, room_of(rooms, count));
    ++count;
  }
  if (count > kMaxFragments) return fail(kTooLarge, "fragments", static_cast<std::int64_t>(count));
  return count;
}

}  // namespace

Result<std::size_t> count_fragments(std::size_t body_bytes, Rooms rooms) {
  return std::bit_ceil(TRY(count_filled(body_bytes, rooms)));
}

Result<std::vector<SecretBytes>> split_message(const OutgoingMessage& message, Rooms rooms) {
  const std::size_t count = TRY(count_fragments(message.body.size(), rooms));
  Writer writer;
  writer.integer(message.prefix.stream)
      .integer(message.prefix.sequence)
      .integer(message.prefix.sent_minute)
      .raw(message.body);
  const SecretBytes whole(std::move(writer).take());
  const BytesView bytes = whole.expose(kExpose);

  std::vector<SecretBytes> contents;
  std::size_t offset = 0;
  for (std::size_t index = 0; index < count; ++index) {
    const std::size_t length = std::min(bytes.size() - offset, room_of(rooms, index));
    const ContentHeader header{.kind = message.kind,
                               .message = message.id,
                               .offset = static_cast<std::uint32_t>(offset),
                               .total = static_cast<std::uint32_t>(bytes.size()),
                               .count = static_cast<std::uint8_t>(count),
                               .index = static_cast<std::uint8_t>(index)};
    contents.push_back(encode_content(header, bytes.subspan(offset, length)));
    offset += length;
  }
  return contents;
}

}  // namespace tocsin

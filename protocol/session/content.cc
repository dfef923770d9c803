#include "protocol/session/content.h"

#include <bit>

#include "crypto/base/codec.h"
#include "protocol/codes.h"

namespace tocsin {
namespace {

Status check_header(const ContentHeader& header, std::size_t length) {
  if (header.total > kMaxMessageBytes || header.total < kMessagePrefixBytes)
    return fail(kMalformed, "message length", header.total);
  if (header.count > kMaxFragments || !std::has_single_bit(header.count))
    return fail(kMalformed, "fragment count", header.count);
  if (header.index >= header.count) return fail(kMalformed, "fragment index", header.index);
  if (header.offset > header.total || length > header.total - header.offset)
    return fail(kMalformed, "fragment range", header.offset);
  // The first fragment is at the front and carries something; an empty one stands at the end.
  if (length == 0 ? header.index == 0 || header.offset != header.total
                  : (header.index == 0) != (header.offset == 0)) {
    return fail(kMalformed, "fragment place", header.index);
  }
  if (header.count == 1 && length != header.total)
    return fail(kMalformed, "single fragment", header.total);
  return {};
}

}  // namespace

SecretBytes encode_content(const ContentHeader& header, BytesView body) {
  Writer writer;
  writer.integer(kContentVersion)
      .integer(static_cast<std::uint8_t>(header.kind))
      .integer(static_cast<std::uint16_t>(body.size()))
      .raw(header.message.view())
      .integer(header.offset)
      .integer(header.total)
      .integer(header.count)
      .integer(header.index)
      .integer(std::uint16_t{0})
      .raw(body);
  return SecretBytes(std::move(writer).take());
}

Result<ContentView> decode_content(BytesView padded) {
  Reader reader(padded);
  const auto version = reader.integer<std::uint8_t>();
  if (reader.ok() && version != kContentVersion)
    return fail(kUnsupportedVersion, "content version", version);
  ContentHeader header;
  const auto kind = reader.integer<std::uint8_t>();
  const auto length = reader.integer<std::uint16_t>();
  header.message = reader.fixed<MessageId>();
  header.offset = reader.integer<std::uint32_t>();
  header.total = reader.integer<std::uint32_t>();
  header.count = reader.integer<std::uint8_t>();
  header.index = reader.integer<std::uint8_t>();
  const auto reserved = reader.integer<std::uint16_t>();
  const BytesView body = reader.raw(length);
  TRY(reader.finish_zero_padded("content"));
  if (reserved != 0) return fail(kMalformed, "content header", reserved);
  if (kind == 0) return fail(kMalformed, "content kind");
  header.kind = static_cast<ContentKind>(kind);
  TRY(check_header(header, length));
  return ContentView{header, body};
}

}  // namespace tocsin

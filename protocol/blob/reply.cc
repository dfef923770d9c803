#include "protocol/blob/reply.h"

#include <bit>
#include <numeric>

#include "crypto/base/codec.h"

namespace tocsin {

std::uint32_t FrameMap::count() const {
  return std::accumulate(bits_.begin(), bits_.end(), 0U, [](std::uint32_t sum, std::uint8_t byte) {
    return sum + static_cast<std::uint32_t>(std::popcount(byte));
  });
}

Result<FrameMap> FrameMap::from(std::uint32_t frames, BytesView bits) {
  FrameMap map(frames);
  if (bits.size() != map.bits_.size())
    return fail(kMalformed, "frame map length", static_cast<std::int64_t>(bits.size()));
  if (frames % 8 != 0 && bits.back() >> (frames % 8) != 0)
    return fail(kMalformed, "frame map beyond its frames", frames);
  map.bits_.assign(bits.begin(), bits.end());
  return map;
}

Bytes encode_stat(const BlobStat& stat) {
  Writer writer;
  writer.integer(stat.map.frames())
      .integer(static_cast<std::uint8_t>(stat.standing))
      .raw(stat.map.bits());
  return std::move(writer).take();
}

Result<BlobStat> decode_stat(BytesView body) {
  Reader reader(body);
  const auto frames = reader.integer<std::uint32_t>();
  const auto sealed = reader.integer<std::uint8_t>();
  if (!reader.ok() || frames == 0 || frames > kMaxBlobFrames || sealed > 1)
    return fail(kMalformed, "blob stat", frames);
  FrameMap map = TRY(FrameMap::from(frames, reader.rest()));
  return BlobStat{sealed == 1 ? BlobStanding::kSealed : BlobStanding::kOpen, std::move(map)};
}

Bytes encode_free_frames(std::uint32_t frames) {
  Writer writer;
  writer.integer(frames);
  return std::move(writer).take();
}

Result<std::uint32_t> decode_free_frames(BytesView body) {
  Reader reader(body);
  const auto frames = reader.integer<std::uint32_t>();
  TRY(reader.finish("free frames"));
  return frames;
}

}  // namespace tocsin

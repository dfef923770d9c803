// The bulk plane's decoders: commands, data frames either way, the answer to a stat.
#include <algorithm>

#include "crypto/base/rng.h"
#include "protocol/blob/command.h"
#include "protocol/blob/data_frame.h"
#include "protocol/blob/reply.h"
#include "tests/fuzz/harness.h"

namespace tocsin {

std::vector<Bytes> fuzz_samples() {
  SeededRng rng(11);
  const auto id = rng.draw<ReadId>();
  const Bytes stored(kStoredFrameBytes, 7);
  const StoredFrame view(stored.data(), kStoredFrameBytes);
  FrameMap map(19);
  map.set(18);
  const Request put{.id = RequestId{3}, .command = encode_bulk(PutFrame{id, 4}), .tag = Tag{}};
  return {encode_bulk(CreateBlob{rng.draw<OwnerPublic>(), 9, 7}),
          encode_bulk(StatBlob{id}),
          encode_bulk(GetFrame{id, 2}),
          encode(PutData{put, view}),
          encode(GotData{RequestId{5}, view}),
          encode_stat({BlobStanding::kSealed, map})};
}

}  // namespace tocsin

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tocsin;  // NOLINT: a harness is one function
  const BytesView input{data, size};
  const auto same = [&](const Bytes& again) { return std::ranges::equal(again, input); };
  if (const auto command = decode_bulk(input); command.has_value())
    fuzz_check(same(encode_bulk(*command)), "one encoding a command");
  if (const auto put = decode_put(input); put.has_value())
    fuzz_check(same(encode(*put)), "one encoding a put");
  if (const auto got = decode_got(input); got.has_value())
    fuzz_check(same(encode(*got)), "one encoding a frame");
  if (const auto stat = decode_stat(input); stat.has_value())
    fuzz_check(same(encode_stat(*stat)), "one encoding a map");
  return 0;
}

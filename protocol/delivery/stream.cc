#include "protocol/delivery/stream.h"

#include <algorithm>
#include <limits>

#include "crypto/base/codec.h"

namespace tocsin {
namespace {

constexpr std::uint32_t kLastSequence = std::numeric_limits<std::uint32_t>::max();

std::uint64_t size_of(const MissingRange& range) {
  return std::uint64_t{range.last} - range.first + 1;
}

// A message of the gap arrived after all: what is left of its range, in place.
void fill_gap(std::vector<MissingRange>& missing, std::uint32_t sequence) {
  const auto range = std::ranges::find_if(missing, [&](const MissingRange& candidate) {
    return candidate.first <= sequence && sequence <= candidate.last;
  });
  if (range == missing.end()) return;
  MissingRange after = *range;
  after.first = sequence + 1;
  const bool has_after = sequence < range->last;
  const bool has_before = range->first < sequence;
  if (has_before && has_after) {
    range->last = sequence - 1;
    missing.insert(std::next(range), after);
  } else if (has_before) {
    range->last = sequence - 1;
  } else if (has_after) {
    *range = after;
  } else {
    missing.erase(range);
  }
}

}  // namespace

SendingStream SendingStream::create(Rng& rng) {
  // Zero is left for "no stream yet" in rows and in the prefix of unordered messages.
  return {rng.below(kLastSequence) + 1, 1};
}

MessagePrefix SendingStream::take(ContentKind kind, Instant now) {
  const auto minute =
      static_cast<std::uint32_t>(std::max<std::int64_t>(0, now.milliseconds) / kMinute);
  if (!expects_receipt(kind)) return {stream_, 0, minute};
  const MessagePrefix prefix{stream_, next_, minute};
  if (next_ == kLastSequence) {
    stream_ = stream_ == kLastSequence ? 1 : stream_ + 1;
    next_ = 1;
  } else {
    ++next_;
  }
  return prefix;
}

OrderKey ReceivingStreams::place(const MessagePrefix& prefix, Instant now) {
  const auto key = [](std::uint32_t ordinal, std::uint32_t sequence) {
    return OrderKey{std::uint64_t{ordinal} << 32 | sequence};
  };
  auto stream = std::ranges::find(streams_, prefix.stream, &ReceivingStream::stream);
  if (prefix.sequence == 0) {
    if (stream != streams_.end()) return key(stream->ordinal, stream->highest);
    return streams_.empty() ? OrderKey{} : key(streams_.back().ordinal, streams_.back().highest);
  }
  if (stream == streams_.end()) {
    if (last_ordinal_ < kLastSequence) ++last_ordinal_;
    streams_.push_back({prefix.stream, last_ordinal_, prefix.sequence, {}});
    if (streams_.size() > kMaxStreams) {
      for (const MissingRange& range : streams_.front().missing)
        if (!range.reported) unreported_ += size_of(range);
      streams_.erase(streams_.begin());
    }
    return key(last_ordinal_, prefix.sequence);
  }
  if (prefix.sequence <= stream->highest) {
    fill_gap(stream->missing, prefix.sequence);
  } else {
    if (prefix.sequence - stream->highest > 1)
      stream->missing.push_back({stream->highest + 1, prefix.sequence - 1, now, false});
    stream->highest = prefix.sequence;
  }
  while (stream->missing.size() > kMaxMissingRanges) {
    const MissingRange& oldest = stream->missing.front();
    if (!oldest.reported) unreported_ += size_of(oldest);
    stream->missing.erase(stream->missing.begin());
  }
  return key(stream->ordinal, prefix.sequence);
}

std::uint64_t ReceivingStreams::report_missing(Instant now) {
  std::uint64_t count = std::exchange(unreported_, 0);
  for (ReceivingStream& stream : streams_) {
    for (MissingRange& range : stream.missing) {
      if (range.reported || now.milliseconds - range.since.milliseconds < kMissingGrace) continue;
      range.reported = true;
      count += size_of(range);
    }
  }
  return count;
}

std::uint64_t ReceivingStreams::missing() const {
  std::uint64_t count = 0;
  for (const ReceivingStream& stream : streams_) {
    for (const MissingRange& range : stream.missing) count += size_of(range);
  }
  return count;
}

Bytes ReceivingStreams::encode() const {
  Writer writer;
  writer.integer(last_ordinal_)
      .integer(unreported_)
      .integer(static_cast<std::uint8_t>(streams_.size()));
  for (const ReceivingStream& stream : streams_) {
    writer.integer(stream.stream)
        .integer(stream.ordinal)
        .integer(stream.highest)
        .integer(static_cast<std::uint8_t>(stream.missing.size()));
    for (const MissingRange& range : stream.missing) {
      writer.integer(range.first)
          .integer(range.last)
          .integer(static_cast<std::uint64_t>(range.since.milliseconds))
          .integer(std::uint8_t{range.reported});
    }
  }
  return std::move(writer).take();
}

Result<ReceivingStreams> ReceivingStreams::decode(BytesView row) {
  Reader reader(row);
  ReceivingStreams streams;
  streams.last_ordinal_ = reader.integer<std::uint32_t>();
  streams.unreported_ = reader.integer<std::uint64_t>();
  const auto count = reader.integer<std::uint8_t>();
  if (count > kMaxStreams) return fail(kMalformed, "streams", count);
  for (std::uint8_t i = 0; i < count; ++i) {
    ReceivingStream stream;
    stream.stream = reader.integer<std::uint32_t>();
    stream.ordinal = reader.integer<std::uint32_t>();
    stream.highest = reader.integer<std::uint32_t>();
    const auto ranges = reader.integer<std::uint8_t>();
    if (ranges > kMaxMissingRanges) return fail(kMalformed, "missing ranges", ranges);
    for (std::uint8_t j = 0; j < ranges; ++j) {
      MissingRange range;
      range.first = reader.integer<std::uint32_t>();
      range.last = reader.integer<std::uint32_t>();
      range.since = {static_cast<std::int64_t>(reader.integer<std::uint64_t>())};
      range.reported = reader.integer<std::uint8_t>() != 0;
      if (range.first > range.last || range.last >= stream.highest)
        return fail(kMalformed, "missing range", j);
      stream.missing.push_back(range);
    }
    streams.streams_.push_back(std::move(stream));
  }
  TRY(reader.finish("streams"));
  return streams;
}

}  // namespace tocsin

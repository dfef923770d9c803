// protocol/blob/limits.h: every bound of the bulk plane, with unit and reason.
//
// Spec:    protocol/spec/limits.md LIM-11
// Threads: constants only
#pragma once

#include <cstddef>
#include <cstdint>

#include "protocol/limits.h"

namespace tocsin {

// A data frame is one ZeroMQ part of this size in both directions: a part for the relay, as long as
// a cell's, and what is stored.
inline constexpr std::size_t kDataFrameBytes = 65'536;
inline constexpr std::size_t kStoredFrameBytes = kDataFrameBytes - kRelayPartBytes;
static_assert(kStoredFrameBytes == 65'280);

inline constexpr std::uint32_t kMaxBlobFrames = 16'384;  // 1,020 MiB: one map of them fits a reply
inline constexpr std::uint32_t kMaxBlobDays = 14;        // kept after its last put or get
inline constexpr std::uint32_t kBlobDays = 7;            // what clients ask for

inline constexpr std::uint32_t kBulkInFlight = 32;  // unanswered requests per connection: 2 MiB

}  // namespace tocsin

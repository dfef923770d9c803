// relay/bulk/limits.h: the bulk plane's own bounds; those a client must know are in
// protocol/blob/limits.h.
//
// Spec:    protocol/spec/blob.md BLB-1, protocol/spec/limits.md LIM-12
// Threads: constants only
#pragma once

#include <cstddef>
#include <cstdint>

#include "protocol/blob/limits.h"

namespace tocsin {

// Lines at once. Together with kBulkMemoryBytes of relay/edge/limits.h: what they can make a relay
// of 1 GiB hold is a seventh of it.
inline constexpr std::size_t kBulkConnections = 64;
// From here on the gate may be closed (relay/edge/gate.h: it opens again below this).
inline constexpr std::size_t kBulkCrowd = kBulkConnections - kBulkConnections / 10;

// Data frames handed out between two commits: with these no further message is taken, so that there
// are never more than they and what one message may ask for.
inline constexpr std::size_t kBulkAnswerFrames = 64;
inline constexpr std::size_t kBulkBatchBytes =
    (kBulkAnswerFrames + kBulkInFlight) * kDataFrameBytes;
static_assert(kBulkBatchBytes == 6u << 20);

// A line to which nothing was answered ok since it began, pings aside, ends after this. The first
// thing a client asks is answered within seconds, also over Tor.
inline constexpr std::int64_t kBulkUselessMilliseconds = 30'000;
// While the lines are kBulkCrowd the one without such an answer for longest ends, if it had none
// for this: a sender that trickles comes back when it has a frame again.
inline constexpr std::int64_t kBulkIdleMilliseconds = 10'000;

}  // namespace tocsin

// client/net/limits.h: the transport's bounds: units and reasons.
//
// Spec:    protocol/spec/wire.md (keep-alive), protocol/spec/limits.md
// Shape:   constants
#pragma once

#include <cstddef>
#include <cstdint>

#include "protocol/blob/limits.h"

namespace tocsin::net {

using Milliseconds = std::int64_t;  // of a clock that never jumps

// Trap Z2: from dialling to a verified welcome, whatever lies in between.
inline constexpr Milliseconds kWelcomeMs = 20'000;
inline constexpr Milliseconds kOnionWelcomeMs = 60'000;  // an onion circuit takes its time
// A relay that owes an answer and says nothing at all for this long is gone.
inline constexpr Milliseconds kAnswerMs = 45'000;
// Before a subscription that a relay was too busy for, or that is to begin anew, is asked for
// again.
inline constexpr Milliseconds kAskAgainMs = 5'000;
// Before one that was refused is (MBX-9.5): one key agreement for the relay in each of these.
inline constexpr Milliseconds kAskRefusedAgainMs = 600'000;
// Own silence before a ping, with jitter either way: the relay cuts a line silent for
// kSilentPeerSeconds.
inline constexpr Milliseconds kPingMs = Milliseconds{kKeepAliveSeconds} * 1'000;
inline constexpr Milliseconds kPingJitterMs = 10'000;

// Between two dials: 2, 4, 8, 8 … s, each ± 20 %, so at most eleven dials in any minute (goal of
// trap Z2: twelve); after kPatientTries in a row one a minute.
inline constexpr Milliseconds kFirstDelayMs = 2'000;
inline constexpr Milliseconds kLongestDelayMs = 8'000;
inline constexpr Milliseconds kPatientDelayMs = 60'000;
inline constexpr std::uint32_t kPatientTries = 60;
inline constexpr std::uint32_t kDelayJitterPercent = 20;
// A line that stood this long proves the relay well: the next loss starts over at the first delay.
inline constexpr Milliseconds kProvenMs = 60'000;

inline constexpr int kKeepaliveIdleSeconds = 60;  // trap Z13, as the relay's edge
inline constexpr int kKeepaliveIntervalSeconds = 20;
inline constexpr int kKeepaliveProbes = 3;
inline constexpr int kMaxRetransmitMs = 120'000;

inline constexpr int kHighWaterMark = 64;       // frames either way inside libzmq: 256 KiB
inline constexpr std::size_t kMaxQueued = 512;  // requests that wait for their turn
inline constexpr std::size_t kFramesPerStep = 256;
inline constexpr std::int64_t kMaxMessageBytes = kMaxTransportFrameBytes;
inline constexpr int kBulkHighWaterMark = 16;  // data frames: 1 MiB
inline constexpr std::int64_t kMaxBulkMessageBytes =
    kMaxTransportFrameBytes + (kDataFrameBytes - kCellBytes);

}  // namespace tocsin::net

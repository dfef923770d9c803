// relay/edge/limits.h: the edge's bounds: units, reasons, derivations.
//
// Spec:    protocol/spec/limits.md
// Shape:   constants
#pragma once

#include <cstddef>
#include <cstdint>

#include "relay/boundary.h"
#include "relay/bulk/limits.h"

namespace tocsin::edge {

// A frame is one ZeroMQ part of exactly this size in both directions; on the bulk plane of this one
// or of kDataFrameBytes.
inline constexpr std::size_t kFrameBytes = kCellBytes;
static_assert(kFrameBytes == 4'096);
// What libzmq may allocate beyond a frame for one message of a peer it does not know yet (trap Z5):
// 33 bytes of it are CURVE's, the rest lets a slightly wrong size be answered.
inline constexpr std::size_t kFrameSlackBytes = kMaxTransportFrameBytes - kCellBytes;
inline constexpr int kHighWaterMark = 4;  // frames per peer and direction inside libzmq
// Greeting to CURVE done (trap Z5).
inline constexpr int kHandshakeMs = int{kHandshakeSeconds} * 1'000;
inline constexpr int kHelloMs = 10'000;  // accepted to first frame; then the line is cut
// No frame at all (trap Z13); clients ping every kKeepAliveSeconds.
inline constexpr int kSilentMs = int{kSilentPeerSeconds} * 1'000;
static_assert(kSilentPeerSeconds > 2 * kKeepAliveSeconds);
inline constexpr int kPressureHelloMs = 1'000;  // the same as kHelloMs while the budget is used up
inline constexpr int kKeepaliveIdleSeconds = 60;
inline constexpr int kKeepaliveIntervalSeconds = 20;
inline constexpr int kKeepaliveProbes = 3;
inline constexpr int kMaxRetransmitMs =
    (kKeepaliveIdleSeconds + kKeepaliveProbes * kKeepaliveIntervalSeconds) * 1'000;
static_assert(kMaxRetransmitMs == 120'000);
inline constexpr int kListenBacklog = 256;  // connections the kernel holds beyond the budget

// A line to be cut is cut this much later, so that the answer that says why can leave first.
inline constexpr int kFarewellMs = 200;
// A frame read before libzmq's other thread reported its line waits this long for the report.
inline constexpr int kLateMs = 1'000;
inline constexpr std::size_t kLateFrames = 64;

// A peer may send a message in endless parts, which libzmq keeps until the last one: no option
// bounds that. So what libzmq took from a line is compared with what came out as frames (a frame is
// at most on_wire() of its size there), and a line that is further ahead than the prefetch can
// explain is cut. What the kernel still holds does not count: it grows when this side does not
// read.
inline constexpr int kReceiveBufferBytes = 128 << 10;  // the kernel doubles it
inline constexpr std::uint64_t kFrameOverheadBytes = kFrameSlackBytes + 128;
constexpr std::uint64_t on_wire(std::size_t frame) { return frame + kFrameOverheadBytes; }
constexpr std::uint64_t unexplained_bytes(std::size_t largest_frame) {
  return (2 * kHighWaterMark + 8) * on_wire(largest_frame) + 64 * 1024;
}
inline constexpr int kHousekeepingMs = 100;

// What the edge has for a store that does not take it just now; then it reads no more frames.
inline constexpr std::size_t kToStoreBytes = kBoundaryQueueBytes;

// Frames the edge holds for one peer whose line is slow, above libzmq's own. What does not fit
// cuts the line; the store still has every cell that was not acknowledged.
inline constexpr std::size_t kWaitingFramesPerPeer = 128;
// The same over all peers: 32 MiB. Beyond them the line ends from which no frame left for longest:
// whoever asks just now is rather one that reads.
inline constexpr std::size_t kWaitingFrames = 8'192;
static_assert(kWaitingFrames * kFrameBytes == 32u << 20);

// What one plane of the relay carries.
struct Plane {
  std::size_t largest_frame;
  std::size_t waiting_per_peer;  // frames
  std::size_t waiting;           // frames, over all peers
  int stalled_ms;  // a line with frames waiting, from which none left for so long, ends
};
inline constexpr Plane kCellPlane{kFrameBytes, kWaitingFramesPerPeer, kWaitingFrames, 30'000};
// 32 MiB as well. A reader that asks for no more than it may has no more than that waiting: what it
// asked for, and a cell of replies for each. A slow line (1 KB/s) has longer for its larger frames.
inline constexpr Plane kBulkPlane{kDataFrameBytes, 2 * kBulkInFlight, 512, 90'000};
static_assert(kBulkPlane.waiting * kBulkPlane.largest_frame == 32u << 20);

// What the bulk plane can make the relay hold at worst, beside what the kernel holds:
// a line, before it is cut as a hoarder, and what libzmq sends on it;
inline constexpr std::size_t kBulkLineBytes =
    unexplained_bytes(kDataFrameBytes) + (kHighWaterMark + 1) * on_wire(kDataFrameBytes);
// frames on their way to the store: late ones, those that wait for it, the boundary's queue with
// one such batch, and what its two ends read at once;
inline constexpr std::size_t kBulkInwardBytes = kLateFrames * kDataFrameBytes + 2 * kToStoreBytes +
                                                2 * kDataFrameBytes + kBoundaryQueueBytes +
                                                4 * kBoundaryReadBytes;
// and on their way out: a batch in the loop, and the same behind the boundary's queue.
inline constexpr std::size_t kBulkOutwardBytes = 2 * kBulkBatchBytes + kBoundaryQueueBytes;
inline constexpr std::size_t kBulkMemoryBytes = kBulkConnections * kBulkLineBytes +
                                                kBulkPlane.waiting * kDataFrameBytes +
                                                kBulkInwardBytes + kBulkOutwardBytes;
static_assert(kBulkMemoryBytes <= 144u << 20);

// Memory of one idle connection after a frame passed (trap Z15: 35.6 KB measured), rounded up.
inline constexpr std::size_t kConnectionBytes = 44u << 10;
// One connection for each of these many bytes of memory: 1,024 on 1 GiB (880 beside a bulk plane),
// which is at most 4.4 % of the memory for idle connections.
inline constexpr std::uint64_t kMemoryPerConnection = 1u << 20;
inline constexpr std::size_t kMinConnections = 16;
inline constexpr std::size_t kMaxConnections = 65'536;
inline constexpr std::size_t kReservedDescriptors = 384;  // backlog, store, libzmq

}  // namespace tocsin::edge

// relay/boundary.h: the message boundary between edge and store.
//
// Shape:   EdgeToStore  what happened on a connection: opened, a whole raw frame, one of a wrong
//                       size, closed
//          StoreToEdge  what to do with a connection: send a whole raw frame, drop it
//          A frame is a cell, on the bulk plane a data frame as well
//          BoundaryEnd  one end of a nonblocking socket pair that carries batches of them
//          In one process, without a socket (model test): the plain vectors EdgeBatch, StoreBatch
// Layout:  little-endian, per message: u32 length of what follows | u64 connection | u8 kind |
//          frame (kind kCell: exactly 4,096 bytes; kData: exactly 65,536; every other kind: none)
// Errors:  boundary_full (nothing was taken: flush, drain, come back), boundary_closed (the other
//          end is gone), malformed (the other end is not what it says: drop it), file_fault (errno)
// Threads: one thread per end
// Cost:    one copy per direction and frame on our side of the kernel; memory is bounded by
//          kBoundaryQueueBytes and one batch for each direction, and what a large batch took is
//          given back when it has left
//
// Rule against deadlock: the edge receives no matter how full its own queue is; the store does not
// receive while its queue is full. So a slow edge slows the store, the store slows the edge's
// reading from its sockets, and TCP slows the peers; nobody waits in a circle.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "crypto/base/bytes.h"
#include "protocol/blob/limits.h"

namespace tocsin {

// The edge's number, never used twice in one run; the store's side wraps it in protocol's
// ConnectionId.
using EdgeConnection = std::uint64_t;

enum class EdgeEvent : std::uint8_t {
  kOpened = 1,
  kCell = 2,
  kWrongSize = 3,
  kClosed = 4,
  kData = 5
};
struct EdgeToStore {
  EdgeConnection connection = 0;
  EdgeEvent kind = EdgeEvent::kOpened;
  Bytes frame;  // exactly kCellBytes with kCell, kDataFrameBytes with kData, else empty
};

enum class StoreOrder : std::uint8_t { kCell = 1, kKick = 2, kData = 3 };
struct StoreToEdge {
  EdgeConnection connection = 0;
  StoreOrder kind = StoreOrder::kCell;
  Bytes frame;  // as above
};

using EdgeBatch = std::vector<EdgeToStore>;
using StoreBatch = std::vector<StoreToEdge>;

// What crosses a boundary: cells alone, or data frames as well.
enum class Crossing : std::uint8_t { kCells, kBulk };
// A send is refused once this much waits for the other end; one batch may go beyond it. More
// would only wait here instead of in the peers' own lines.
inline constexpr std::size_t kBoundaryQueueBytes = std::size_t{1} << 20;
// What one receive() returns at most.
inline constexpr std::size_t kBoundaryBatchMessages = 256;
// And reads from the socket: half a batch of cells. What one read takes seldom is more, and all of
// the buffer stays resident.
inline constexpr std::size_t kBoundaryReadBytes = kBoundaryBatchMessages / 2 * (kCellBytes + 13);

// A descriptor that closes itself.
class OwnedFd {
 public:
  OwnedFd() = default;
  explicit OwnedFd(int fd) : fd_(fd) {}
  OwnedFd(OwnedFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  OwnedFd& operator=(OwnedFd&& other) noexcept;
  OwnedFd(const OwnedFd&) = delete;
  OwnedFd& operator=(const OwnedFd&) = delete;
  ~OwnedFd();
  int get() const { return fd_; }

 private:
  int fd_ = -1;
};

// Bytes out and in over one nonblocking stream socket, with the bound; knows no message.
class BoundaryStream {
 public:
  BoundaryStream(OwnedFd socket, Crossing crossing)
      : socket_(std::move(socket)), crossing_(crossing) {}

  int fd() const { return socket_.get(); }
  bool wants_write() const { return sent_ < outgoing_.size(); }
  bool has_room() const { return outgoing_.size() - sent_ < kBoundaryQueueBytes; }
  // Where to append outgoing bytes; flush() writes them.
  Bytes& outgoing();
  // Writes what the socket takes now.
  Status flush();
  // Of memory, for what goes out.
  std::size_t outgoing_room() const { return outgoing_.capacity(); }
  // The longest message that may come.
  std::size_t longest() const;
  // Reads what has arrived, up to half a batch of cells.
  Status fill();
  BytesView incoming() const { return BytesView(incoming_).first(filled_).subspan(taken_); }
  void consume(std::size_t bytes);

 private:
  OwnedFd socket_;
  Crossing crossing_;
  Bytes outgoing_, incoming_;
  std::size_t sent_ = 0, filled_ = 0, taken_ = 0;
};

// Both ends' sockets, nonblocking, close-on-exec.
Result<std::pair<OwnedFd, OwnedFd>> make_boundary_sockets();

template <class Out, class In>
class BoundaryEnd {
 public:
  BoundaryEnd(OwnedFd socket, Crossing crossing) : stream_(std::move(socket), crossing) {}

  // Poll this: readable, and writable too while wants_write().
  int fd() const { return stream_.fd(); }
  bool wants_write() const { return stream_.wants_write(); }
  bool has_room() const { return stream_.has_room(); }

  // Takes the whole batch and writes what the socket accepts now, or takes nothing (boundary_full).
  Status send(std::span<const Out> batch);
  Status flush() { return stream_.flush(); }
  // What has arrived, in order, at most kBoundaryBatchMessages; empty when nothing has. More may be
  // buffered already: call again until empty before polling.
  Result<std::vector<In>> receive();

 private:
  BoundaryStream stream_;
};

extern template class BoundaryEnd<EdgeToStore, StoreToEdge>;
extern template class BoundaryEnd<StoreToEdge, EdgeToStore>;
using EdgeEnd = BoundaryEnd<EdgeToStore, StoreToEdge>;   // held by the edge
using StoreEnd = BoundaryEnd<StoreToEdge, EdgeToStore>;  // held by the store

struct BoundaryPipe {
  EdgeEnd edge;
  StoreEnd store;
};
Result<BoundaryPipe> make_boundary_pipe(Crossing crossing = Crossing::kCells);

}  // namespace tocsin

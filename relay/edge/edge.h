// relay/edge/edge.h: the relay's face to the network: one ROUTER, its lines, whole frames to and
// from the store.
//
// Spec:    protocol/spec/wire.md (frames), protocol/spec/limits.md
// Shape:   in   frames of exactly 4,096 bytes from peers, on the bulk plane of 65,536 too; orders
//               of the store
//          out  opened, cell, data, wrong size and closed to the store; frames to peers
// Secrets: the CURVE key (encryption and server authentication only: trap Z4); no store key
// Errors:  see listener.h and zmq.h; run() ends with a value when asked, with an error when the
//          store's end is gone
// Threads: run() owns everything here; counters() may be read from any
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <unordered_map>

#include "crypto/keys/keys.h"
#include "relay/boundary.h"
#include "relay/edge/listener.h"
#include "relay/edge/monitor.h"
#include "relay/edge/peers.h"
#include "relay/edge/waiting.h"
#include "relay/edge/zmq.h"

namespace tocsin::edge {

struct EdgeCounters {
  std::atomic<std::uint64_t> lines{0};        // descriptors that stand
  std::atomic<std::uint64_t> connections{0};  // lines that sent a frame
  std::atomic<std::uint64_t> frames_in{0};
  std::atomic<std::uint64_t> frames_out{0};
  std::atomic<std::uint64_t> frames_waiting{0};
  std::atomic<std::uint64_t> wrong_size{0};
  std::atomic<std::uint64_t> dropped{0};      // frames that belonged to nobody
  std::atomic<std::uint64_t> cut{0};          // lines this side ended
  std::atomic<std::uint64_t> gate_closed{0};  // times the budget was reached
};

struct EdgeOptions {
  Endpoint listen;
  std::size_t connection_budget = kMinConnections;
  int io_threads = 2;
  Plane plane = kCellPlane;
};

class Edge {
 public:
  // Binds and listens: the port is known and peers can connect once this returns.
  static Result<std::unique_ptr<Edge>> create(const EdgeOptions& options, const CurveSecret& secret,
                                              EdgeEnd store);

  // Serves until `stop` (a descriptor) becomes readable or the store's end closes.
  Status run(int stop);

  const Endpoint& endpoint() const { return listener_.endpoint(); }
  const EdgeCounters& counters() const { return counters_; }

 private:
  struct LateFrame {
    RoutingId id;
    int fd = -1;
    Bytes frame;
    Milliseconds since = 0;
  };
  struct Parts {  // in the order they must go in the end
    ZmqContext context;
    Listener listener;
    ZmqSocket router;
    Monitor monitor;
    Peers peers;
  };

  Edge(Parts parts, EdgeEnd store, const EdgeOptions& options);

  Status serve_once(int stop, bool& stopped);
  Status watch_lines();
  bool is_frame(std::size_t size) const;
  Status take_frames();
  Status take_frame(RoutingId id, int fd, Bytes frame);
  // Takes the frame when it answers ok, leaves it otherwise.
  Status hand_over(RoutingId id, int fd, Bytes& frame);
  void retry_late();
  Status follow_orders();
  void send_frame(EdgeConnection connection, Bytes frame);
  bool try_send(EdgeConnection connection, BytesView frame);
  void cut_slow(EdgeConnection connection);
  void end(EdgeConnection connection);
  void say_goodbye(EdgeConnection connection);
  void cut(int fd);
  Status keep_house();
  void cut_line_hoarders();
  Status flush_to_store();

  ZmqContext context_;
  Listener listener_;
  ZmqSocket router_;
  Monitor monitor_;
  Peers peers_;
  EdgeEnd store_;
  std::size_t budget_;
  Plane plane_;

  EdgeBatch to_store_;
  std::size_t to_store_bytes_ = 0;  // of the frames in it
  Waiting waiting_;
  std::deque<LateFrame> late_;
  std::unordered_map<EdgeConnection, Milliseconds> farewells_;  // to be cut at this time
  Milliseconds next_housekeeping_ = 0;
  EdgeCounters counters_;
};

}  // namespace tocsin::edge

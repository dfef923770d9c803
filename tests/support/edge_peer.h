// tests/support/edge_peer.h: a relay edge whose store is the test, and peers made of bare sockets.
//
// Shape:   EdgeUnderTest runs the real Edge on loopback in a thread; the test holds the store's end
//          Peer is a CURVE DEALER set up as the test likes (routing ids, sizes, parts)
// Threads: the test's
#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "crypto/box/agree.h"
#include "relay/edge/edge.h"

namespace tocsin::test {

using edge::Milliseconds;

// Steady milliseconds.
Milliseconds clock_ms();
// Asks every few milliseconds until it holds or the time is over.
bool eventually(Milliseconds longest, const std::function<bool()>& holds);

class EdgeUnderTest {
 public:
  explicit EdgeUnderTest(std::size_t connection_budget = 512)
      : EdgeUnderTest(connection_budget, edge::kCellPlane) {}
  EdgeUnderTest(std::size_t connection_budget, const edge::Plane& plane);
  ~EdgeUnderTest();
  EdgeUnderTest(const EdgeUnderTest&) = delete;
  EdgeUnderTest& operator=(const EdgeUnderTest&) = delete;

  std::string endpoint() const { return "tcp://" + edge::endpoint_text(edge_->endpoint()); }
  std::uint16_t port() const { return edge_->endpoint().port; }
  const CurvePublic& curve() const { return curve_; }
  const edge::EdgeCounters& counters() const { return edge_->counters(); }

  // Everything the edge has said so far.
  void listen();
  EdgeBatch heard;
  std::size_t count(EdgeEvent kind) const;
  // Waits for one more event of this kind on any connection.
  bool hears(EdgeEvent kind, std::size_t times, Milliseconds longest = 5'000);
  // The connection of the last event of this kind, 0 without one.
  EdgeConnection last(EdgeEvent kind) const;
  void tell(EdgeConnection connection, StoreOrder order, Bytes cell = {});
  void tell(StoreBatch batch);  // all of it at once
  // Echoes every cell heard from now on, for so long.
  void echo_for(Milliseconds longest, const std::function<bool()>& until);

  bool ended() const { return ended_; }

 private:
  CurvePublic curve_;
  std::unique_ptr<edge::Edge> edge_;
  std::unique_ptr<StoreEnd> store_;
  int stop_ = -1;
  std::atomic<bool> ended_ = false;
  std::thread thread_;
};

class Peer {
 public:
  struct Options {
    std::string routing_id = {};
    int receive_mark = 1'000;
    int receive_buffer = -1;
  };
  Peer(const edge::ZmqContext& context, const EdgeUnderTest& edge)
      : Peer(context, edge, Options()) {}
  Peer(const edge::ZmqContext& context, const EdgeUnderTest& edge, const Options& options);

  // Waits at most a second for room.
  bool send(BytesView frame, int flags = 0);
  // One whole message, parts joined; empty when none came in time.
  Bytes receive(Milliseconds longest);
  void close() { socket_.reset(); }

 private:
  std::optional<edge::ZmqSocket> socket_;
};

// A frame of the right size, filled with one byte.
Bytes frame_of(std::uint8_t fill);

// A TCP connection that says nothing; -1 with errno when it was not accepted at once.
int connect_tcp(std::uint16_t port);
// Starts connecting and does not wait.
int start_connecting(std::uint16_t port);

}  // namespace tocsin::test

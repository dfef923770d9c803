// relay/edge/peers.h: who is connected: descriptors, routing ids and connection numbers joined.
//
// Shape:   in   monitor events (descriptors), frames (routing id and descriptor), the time
//          out  connection numbers for the store, descriptors to cut
// Errors:  relay_peer_gone (a frame of a line that is not there any more, or with a routing id that
//          the ROUTER did not make)
// Threads: the edge's
//
// A line is known from ACCEPTED to DISCONNECTED by its descriptor. Its first frame binds it to a
// routing id and gives it a connection number (trap Z12). Descriptors are used again: the caller
// drains the monitor before it asks for a routing id that is unknown here.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "relay/boundary.h"
#include "relay/codes.h"

namespace tocsin::edge {

using Milliseconds = std::int64_t;  // of a clock that never jumps

// The four bytes after the leading zero of a routing id the ROUTER made: a counter that starts
// anywhere and rises by one with every peer (trap Z3).
struct RoutingId {
  std::uint32_t number = 0;
  friend bool operator==(const RoutingId&, const RoutingId&) = default;
};
std::optional<RoutingId> routing_id_from(BytesView bytes);
std::array<std::uint8_t, 5> routing_id_bytes(RoutingId id);

class Peers {
 public:
  // The id the ROUTER gave to the edge's own probe: every later one is above it.
  explicit Peers(RoutingId probe) : probe_(probe) {}

  void on_accepted(int fd, Milliseconds now);
  // The connection that ended, when it had one.
  std::optional<EdgeConnection> on_gone(int fd);

  // False when on_frame would learn something new: drain the monitor first.
  bool is_bound(RoutingId id, int fd) const;
  // The connection a frame belongs to; `opened` tells that this was its first.
  struct Heard {
    EdgeConnection connection = 0;
    bool opened = false;
    // A dead line's frame came late and had bound this descriptor: that connection ends now.
    std::optional<EdgeConnection> displaced;
  };
  // `wire_bytes` is what it was on the line, at most.
  Result<Heard> on_frame(RoutingId id, int fd, Milliseconds now, std::uint64_t wire_bytes);
  // A frame with this id on this descriptor can still become somebody's: its line may be accepted
  // in an event that was not heard yet. Not so when a newer id speaks there already.
  bool may_come(RoutingId id, int fd) const;

  // The ROUTER no longer reaches this connection, though its line may have been taken over already.
  void on_unreachable(EdgeConnection connection);

  std::optional<RoutingId> routing_of(EdgeConnection connection) const;
  std::optional<int> fd_of(EdgeConnection connection) const;

  // Descriptors of lines that said nothing at all since they were accepted, for `hello` and more,
  // or nothing since their last frame, for `silent` and more.
  struct Deadlines {
    Milliseconds hello = 0;
    Milliseconds silent = 0;
  };
  std::vector<int> overdue(Milliseconds now, Deadlines deadlines) const;

  // Calls `visit(fd, bytes)` for every line with the bytes of the frames that came out of it since
  // it was accepted.
  template <class Visit>
  void for_each_line(Visit visit) const {
    for (const auto& [fd, line] : lines_) visit(fd, line.frame_bytes);
  }

  std::size_t lines() const { return lines_.size(); }
  std::size_t connections() const { return by_routing_.size(); }
  std::size_t early_gone() const { return early_gone_.size(); }

 private:
  struct Line {
    Milliseconds last = 0;
    EdgeConnection connection = 0;  // 0 until the first frame
    RoutingId routing;
    std::uint64_t frame_bytes = 0;
  };

  void unbind(Line& line);

  bool is_ours(RoutingId id) const;

  RoutingId probe_;
  std::uint64_t accepted_ = 0;
  EdgeConnection last_connection_ = 0;
  std::unordered_map<int, Line> lines_;
  std::unordered_map<std::uint32_t, int> by_routing_;
  std::unordered_map<EdgeConnection, int> by_connection_;
  // Two of libzmq's threads report accept and disconnect, so the second can be heard first.
  std::unordered_set<int> early_gone_;
};

}  // namespace tocsin::edge

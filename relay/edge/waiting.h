// relay/edge/waiting.h: frames for peers whose line does not take more just now.
//
// Shape:   one queue per connection, in order; at most the plane's waiting_per_peer each, and
//          its waiting in all. The caller cuts lines: the store holds the truth (trap Z8)
// Errors:  boundary_full (this connection has as much waiting as it may)
// Threads: the edge's
#pragma once

#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

#include "relay/boundary.h"
#include "relay/codes.h"
#include "relay/edge/limits.h"
#include "relay/edge/peers.h"

namespace tocsin::edge {

class Waiting {
 public:
  explicit Waiting(const Plane& plane) : plane_(plane) {}

  bool empty() const { return total_ == 0; }
  bool has(EdgeConnection connection) const { return queues_.contains(connection); }
  std::size_t frames() const { return total_; }
  // Forget one before the next push: stalest().
  bool is_full() const { return total_ >= plane_.waiting; }

  Status push(EdgeConnection connection, Bytes frame, Milliseconds now) {
    Queue& queue = queues_[connection];
    if (queue.frames.empty()) queue.moved = now;
    if (queue.frames.size() >= plane_.waiting_per_peer)
      return fail(kBoundaryFull, "frames waiting", static_cast<std::int64_t>(total_));
    queue.frames.push_back(std::move(frame));
    ++total_;
    return {};
  }

  void forget(EdgeConnection connection) {
    const auto queue = queues_.find(connection);
    if (queue == queues_.end()) return;
    total_ -= queue->second.frames.size();
    queues_.erase(queue);
  }

  // The connection from whose queue no frame left for longest; of several the one with the most.
  std::optional<EdgeConnection> stalest() const {
    std::optional<EdgeConnection> found;
    const Queue* worst = nullptr;
    for (const auto& [connection, queue] : queues_) {
      const bool is_worse =
          worst == nullptr || queue.moved < worst->moved ||
          (queue.moved == worst->moved && queue.frames.size() > worst->frames.size());
      if (!is_worse) continue;
      worst = &queue;
      found = connection;
    }
    return found;
  }
  // Those from whose queues no frame left for the plane's stalled_ms.
  std::vector<EdgeConnection> stalled(Milliseconds now) const {
    std::vector<EdgeConnection> found;
    for (const auto& [connection, queue] : queues_) {
      if (now - queue.moved >= plane_.stalled_ms) found.push_back(connection);
    }
    return found;
  }

  // Offers each connection's frames in order to `take(connection, frame)` until it answers false.
  template <class Take>
  void offer(Milliseconds now, Take take) {
    for (auto entry = queues_.begin(); entry != queues_.end();) {
      Queue& queue = entry->second;
      while (!queue.frames.empty() && take(entry->first, BytesView(queue.frames.front()))) {
        queue.frames.pop_front();
        queue.moved = now;
        --total_;
      }
      entry = queue.frames.empty() ? queues_.erase(entry) : std::next(entry);
    }
  }

 private:
  struct Queue {
    std::deque<Bytes> frames;
    Milliseconds moved = 0;  // when one left, or the first came
  };

  Plane plane_;
  std::unordered_map<EdgeConnection, Queue> queues_;
  std::size_t total_ = 0;
};

}  // namespace tocsin::edge

// relay/edge/waiting.h: frames for peers whose line does not take more just now.
//
// Shape:   one queue per connection, in order; at most the plane's waiting_per_peer each, and
//          its waiting in all
// Errors:  boundary_full (the caller cuts the line: the store holds the truth, trap Z8)
// Threads: the edge's
#pragma once

#include <deque>
#include <unordered_map>

#include "relay/boundary.h"
#include "relay/codes.h"
#include "relay/edge/limits.h"

namespace tocsin::edge {

class Waiting {
 public:
  explicit Waiting(const Plane& plane) : plane_(plane) {}

  bool empty() const { return total_ == 0; }
  bool has(EdgeConnection connection) const { return queues_.contains(connection); }
  std::size_t frames() const { return total_; }

  Status push(EdgeConnection connection, Bytes cell) {
    std::deque<Bytes>& queue = queues_[connection];
    if (queue.size() >= plane_.waiting_per_peer || total_ >= plane_.waiting) {
      if (queue.empty()) queues_.erase(connection);
      return fail(kBoundaryFull, "frames waiting", static_cast<std::int64_t>(total_));
    }
    queue.push_back(std::move(cell));
    ++total_;
    return {};
  }

  void forget(EdgeConnection connection) {
    const auto queue = queues_.find(connection);
    if (queue == queues_.end()) return;
    total_ -= queue->second.size();
    queues_.erase(queue);
  }

  // Offers each connection's frames in order to `take(connection, cell)` until it answers false.
  template <class Take>
  void offer(Take take) {
    for (auto entry = queues_.begin(); entry != queues_.end();) {
      std::deque<Bytes>& queue = entry->second;
      while (!queue.empty() && take(entry->first, BytesView(queue.front()))) {
        queue.pop_front();
        --total_;
      }
      entry = queue.empty() ? queues_.erase(entry) : std::next(entry);
    }
  }

 private:
  Plane plane_;
  std::unordered_map<EdgeConnection, std::deque<Bytes>> queues_;
  std::size_t total_ = 0;
};

}  // namespace tocsin::edge

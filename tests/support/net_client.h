// tests/support/net_client.h: drives client connections until something happens.
//
// Shape:   pump(connection, longest, until): steps, collects events, stops when `until` holds
// Threads: the test's
#pragma once

#include <array>
#include <functional>
#include <vector>

#include "client/net/connection.h"

namespace tocsin::test {

class Pump {
 public:
  explicit Pump(net::Connection& connection) : connection_(connection) {}

  // From now on the connection believes it is this much later: its own clock is an argument.
  void skip(net::Milliseconds ahead) { ahead_ += ahead; }

  // True when `until` held in time.
  bool run(net::Milliseconds longest, const std::function<bool()>& until) {
    const net::Milliseconds end = net::steady_now() + longest;
    while (true) {
      for (net::NetEvent& event : connection_.step(net::steady_now() + ahead_))
        events.push_back(std::move(event));
      if (until()) return true;
      const net::Milliseconds left = end - net::steady_now();
      if (left <= 0) return false;
      std::array<net::Connection*, 1> all{&connection_};
      net::Sleep sleep{.longest = std::min<net::Milliseconds>(left, 50)};
      if (!net::wait(all, sleep).has_value()) return false;
    }
  }
  bool until_welcome(net::Milliseconds longest = 10'000) {
    return run(longest, [this] { return connection_.ready(); });
  }
  // The reply to this request, once it came.
  const Reply* reply_to(RequestId id) const {
    for (const net::NetEvent& event : events) {
      const auto* reply = std::get_if<Reply>(&event);
      if (reply != nullptr && reply->id == id) return reply;
    }
    return nullptr;
  }
  const Reply* until_reply(RequestId id, net::Milliseconds longest = 10'000) {
    run(longest, [this, id] { return reply_to(id) != nullptr; });
    return reply_to(id);
  }
  template <class Event>
  std::vector<const Event*> all() const {
    std::vector<const Event*> found;
    for (const net::NetEvent& event : events) {
      if (const auto* one = std::get_if<Event>(&event)) found.push_back(one);
    }
    return found;
  }

  std::vector<net::NetEvent> events;

 private:
  net::Connection& connection_;
  net::Milliseconds ahead_ = 0;
};

}  // namespace tocsin::test

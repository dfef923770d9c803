// relay/edge/listener.h: the relay's own listening socket, and the gate that closes it.
//
// Shape:   in   "host:port" with a numeric host: 127.0.0.1:7700, [::]:7700; port 0 = any free one
//          out  a bound, listening descriptor that libzmq accepts from (ZMQ_USE_FD)
// Errors:  relay_bad_endpoint, relay_address_in_use, relay_transport_fault (detail = errno)
// Threads: one
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "relay/boundary.h"
#include "relay/codes.h"

namespace tocsin::edge {

struct Endpoint {
  std::string host;  // numeric, without brackets
  std::uint16_t port = 0;
};

Result<Endpoint> parse_endpoint(std::string_view text);
// host:port, brackets around an IPv6 host.
std::string endpoint_text(const Endpoint& endpoint);

class Listener {
 public:
  static Result<Listener> create(const Endpoint& endpoint);

  int fd() const { return socket_.get(); }
  // With the port that was really bound.
  const Endpoint& endpoint() const { return endpoint_; }

  // Trap Z6: closed, the kernel drops every packet that comes to the listening socket (a classic
  // BPF program that accepts nothing), so a connect neither succeeds nor costs a descriptor, and
  // the peer's own retry finds the gate open later. Connections that stand are not touched.
  Status close_gate();
  Status open_gate();
  bool gate_is_open() const { return open_; }

 private:
  Listener(OwnedFd socket, Endpoint endpoint)
      : socket_(std::move(socket)), endpoint_(std::move(endpoint)) {}

  OwnedFd socket_;
  Endpoint endpoint_;
  bool open_ = true;
};

}  // namespace tocsin::edge

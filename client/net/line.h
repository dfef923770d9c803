// client/net/line.h: one dialled line to a relay: one DEALER, one CURVE key pair, used once.
//
// Spec:    protocol/spec/wire.md (frames)
// Shape:   out  frames of exactly 4,096 bytes, on the bulk plane of 65,536 too; in  the same,
//               anything else is the relay's fault
// Secrets: the CURVE secret, made by libsodium for this line (trap Z10), handed to libzmq
// Errors:  net_unreachable, net_handshake, net_gone (why it is broken), net_bad_relay (a frame of
//          another size), net_bad_proxy, net_fault
// Threads: one
//
// Traps: Z1 no heartbeats of libzmq; Z2 a proxy is our own bridge's matter, silence the caller's
// watchdog's; Z14 libzmq never reconnects: a lost line is thrown away with its key.
#pragma once

#include <optional>

#include "client/net/bridge.h"
#include "client/net/zmq.h"
#include "crypto/keys/keys.h"
#include "protocol/wire/address.h"
#include "protocol/wire/cell.h"

namespace tocsin::net {

// Which of a relay's two ports; the line's frames follow from it.
enum class Plane : std::uint8_t { kCells, kBulk };

class Line {
 public:
  struct Target {
    const RelayAddress& relay;
    const std::optional<Proxy>& proxy;
    Plane plane = Plane::kCells;
  };
  static Result<Line> dial(const ZmqContext& context, const Target& target, Rng& rng);

  // Moves what waits between libzmq and a proxy.
  Status pump();
  // Why the line is broken, once it is. Ask after receive() has run dry, so that the relay's last
  // words are heard.
  Result<std::optional<Error>> broken();
  // False: not now, the frame was not taken.
  Result<bool> send(BytesView frame);
  Result<std::optional<Bytes>> receive();

  void* socket() const { return socket_.handle(); }
  void* monitor() const { return monitor_.handle(); }
  std::array<Bridge::Watched, 2> bridge() const {
    return bridge_ ? bridge_->watched() : std::array<Bridge::Watched, 2>{};
  }

 private:
  Line(ZmqSocket socket, ZmqMonitor monitor, Plane plane)
      : socket_(std::move(socket)), monitor_(std::move(monitor)), plane_(plane) {}
  std::optional<Bridge> bridge_;
  ZmqSocket socket_;
  ZmqMonitor monitor_;
  Plane plane_;
  bool connected_ = false;  // TCP stands
  bool secured_ = false;    // CURVE is done
  std::optional<Error> broken_;
};

}  // namespace tocsin::net

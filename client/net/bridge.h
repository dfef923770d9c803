// client/net/bridge.h: our own way through a SOCKS5 proxy for a line of libzmq.
//
// Source:  RFC 1928 (SOCKS5, CONNECT by name: the proxy resolves), RFC 1929 (user and password)
// Shape:   libzmq connects to a local socket of ours; what it says there goes through the proxy,
//          byte for byte. Progress is made by pump(), which never waits.
// Errors:  net_bad_proxy (address or credentials that cannot be meant, or refused by the proxy),
//          net_unreachable (the proxy, or what lies behind it; detail = errno or SOCKS reply)
// Threads: one
//
// Why not ZMQ_SOCKS_PROXY (traps Z2, Z11): besides having no timeout and undeclared credentials,
// libzmq 4.3.4 keeps a freed handle after a failed SOCKS dial and aborts the process when the
// socket is closed, so every "host unreachable" of a proxy would be a crash.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "client/codes.h"
#include "crypto/base/files.h"
#include "crypto/base/rng.h"

namespace tocsin::net {

// A SOCKS5 proxy. Other credentials are another circuit for Tor (IsolateSOCKSAuth).
struct Proxy {
  std::string host;  // a number without brackets, or localhost: no name is looked up for it
  std::uint16_t port = 0;
  struct Credentials {
    std::string user, password;  // 1 … 255 bytes each
  };
  std::optional<Credentials> credentials = std::nullopt;
};

// Where the proxy shall connect to.
struct Beyond {
  std::string host;  // name, number without brackets, or .onion
  std::uint16_t port = 0;
};

class Bridge {
 public:
  static Result<Bridge> open(const Proxy& proxy, Beyond beyond, Rng& rng);

  // What libzmq is to connect to; only this process is let in.
  const std::string& local_endpoint() const { return local_endpoint_; }

  // Moves what can be moved now. An error is the end of the way, before any byte of the relay;
  // later the local end is closed instead, and libzmq tells.
  Status pump();

  // What to poll: a descriptor (or -1) and poll's events.
  struct Watched {
    int fd = -1;
    short events = 0;
  };
  std::array<Watched, 2> watched() const;

 private:
  static constexpr std::size_t kBufferBytes = 64 << 10;
  enum class Stage : std::uint8_t { kConnect, kMethod, kCredentials, kReply, kForward, kEnded };
  struct Flow {  // one direction: bytes read and not yet written
    Bytes waiting = {};
  };

  Bridge(const Proxy& proxy, Beyond beyond) : proxy_(proxy), beyond_(std::move(beyond)) {}
  Status listen(Rng& rng);
  Status start_connecting();
  void take_in_libzmq();
  Status shake_hands();
  Status on_connected();
  Status on_method();
  Status on_credentials();
  Status on_reply();
  void say(Bytes bytes);
  bool heard(std::size_t bytes);
  void forward();
  // False when the way is over.
  static bool move_bytes(int from, int to, Flow& flow);

  Proxy proxy_;
  Beyond beyond_;
  std::string local_endpoint_;
  FileDescriptor listening_, local_, outer_;
  Stage stage_ = Stage::kConnect;
  Bytes answer_;   // of the proxy, not yet complete
  Flow outgoing_;  // to the proxy
  Flow incoming_;  // to libzmq
};

}  // namespace tocsin::net

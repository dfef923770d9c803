// tests/support/test_proxy.h: a proxy between client and relay that forwards, fails and counts.
//
// Shape:   plain TCP forwarding to one port of loopback, or SOCKS5 in front of it (RFC 1928, user
//          and password of RFC 1929); every byte of both directions is kept for zmtp_frames()
// Threads: its own; settings and results from the test's
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "crypto/base/bytes.h"

namespace tocsin::test {

enum class ProxyKind : std::uint8_t { kPlain, kSocks };
enum class ProxyMood : std::uint8_t {
  kHealthy,
  kStalled,    // accepts and says nothing
  kRefusing,   // answers that the target refused
  kHangsUp,    // closes instead of answering
  kSlow,       // every piece waits 100 ms
  kBlackHole,  // what stands stays up, nothing gets through any more
};

struct ProxiedLine {
  Bytes to_relay, to_client;
  std::string user, password;  // of SOCKS
};

class TestProxy {
 public:
  TestProxy(ProxyKind kind, std::uint16_t target_port);
  ~TestProxy();
  TestProxy(const TestProxy&) = delete;
  TestProxy& operator=(const TestProxy&) = delete;

  std::uint16_t port() const { return port_; }
  void set(ProxyMood mood) { mood_ = mood; }
  std::size_t accepted() const { return accepted_; }
  std::size_t most_at_once() const { return most_at_once_; }
  std::vector<ProxiedLine> lines() const;

 private:
  struct Live;
  void run(const std::stop_token& stop);
  void take_client();
  bool shake_hands(Live& live);
  bool forward(Live& live);

  ProxyKind kind_;
  std::uint16_t target_port_;
  std::uint16_t port_ = 0;
  int listening_ = -1;
  std::atomic<ProxyMood> mood_ = ProxyMood::kHealthy;
  std::atomic<std::size_t> accepted_ = 0;
  std::atomic<std::size_t> most_at_once_ = 0;
  mutable std::mutex mutex_;
  std::vector<ProxiedLine> lines_;
  std::vector<Live> live_;
  std::jthread thread_;
};

// Sizes of the frames of one direction of a ZMTP 3 line, commands (the handshake) apart.
struct ZmtpFrames {
  std::vector<std::uint64_t> commands, messages;
  bool whole = false;  // nothing left over
};
ZmtpFrames zmtp_frames(BytesView stream);

}  // namespace tocsin::test

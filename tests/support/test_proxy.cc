#include "tests/support/test_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>

namespace tocsin::test {

namespace {

constexpr std::size_t kGreetingBytes = 64;
constexpr int kHandshakeSteps = 3;  // methods, credentials, request

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void send_all(int fd, BytesView bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
}

int connect_to(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
  ::close(fd);
  return -1;
}

}  // namespace

struct TestProxy::Live {
  int client = -1, relay = -1;
  std::size_t record = 0;  // in lines_
  int step = 0;            // of the SOCKS handshake
  Bytes greeting = {};     // not yet understood
};

TestProxy::TestProxy(ProxyKind kind, std::uint16_t target_port)
    : kind_(kind), target_port_(target_port) {
  listening_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (::bind(listening_, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      ::listen(listening_, 64) != 0 ||
      ::getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    std::abort();
  port_ = ntohs(address.sin_port);
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

TestProxy::~TestProxy() {
  thread_.request_stop();
  thread_.join();
  ::close(listening_);
  for (const Live& live : live_) {
    ::close(live.client);
    if (live.relay >= 0) ::close(live.relay);
  }
}

std::vector<ProxiedLine> TestProxy::lines() const {
  const std::lock_guard lock(mutex_);
  return lines_;
}

void TestProxy::run(const std::stop_token& stop) {
  constexpr int kPatienceMs = 20;
  while (!stop.stop_requested()) {
    std::vector<pollfd> fds{{listening_, POLLIN, 0}};
    for (const Live& live : live_) {
      fds.push_back({live.client, POLLIN, 0});
      fds.push_back({live.relay, POLLIN, 0});
    }
    const ProxyMood mood = mood_;
    if (mood == ProxyMood::kBlackHole || ::poll(fds.data(), fds.size(), kPatienceMs) <= 0) {
      if (mood == ProxyMood::kBlackHole)
        std::this_thread::sleep_for(std::chrono::milliseconds(kPatienceMs));
      continue;
    }
    std::size_t kept = 0;
    const std::size_t before = live_.size();
    for (std::size_t i = 0; i < before; ++i) {
      Live live = std::move(live_[i]);
      const bool ready = fds[1 + 2 * i].revents != 0 || fds[2 + 2 * i].revents != 0;
      bool stands = true;
      if (ready) stands = live.relay < 0 ? shake_hands(live) : forward(live);
      if (stands) {
        live_[kept++] = std::move(live);
      } else {
        ::close(live.client);
        if (live.relay >= 0) ::close(live.relay);
      }
    }
    live_.resize(kept);
    if (fds[0].revents != 0) take_client();
  }
}

void TestProxy::take_client() {
  Live live;
  live.client = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
  if (live.client < 0) return;
  ++accepted_;
  {
    const std::lock_guard lock(mutex_);
    live.record = lines_.size();
    lines_.emplace_back();
  }
  if (kind_ == ProxyKind::kPlain) live.relay = connect_to(target_port_);
  live_.push_back(std::move(live));
  most_at_once_ = std::max(most_at_once_.load(), live_.size());
}

// One step when its bytes are there; they come whole in these tests' small writes.
bool TestProxy::shake_hands(Live& live) {
  std::array<std::uint8_t, 1'024> piece{};
  const ssize_t got = ::recv(live.client, piece.data(), piece.size(), 0);
  if (got <= 0) return false;
  const ProxyMood mood = mood_;
  if (mood == ProxyMood::kStalled) return true;
  if (mood == ProxyMood::kHangsUp) return false;
  if (mood == ProxyMood::kSlow) std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const BytesView said = BytesView(piece).first(static_cast<std::size_t>(got));
  if (live.step == 0) {
    bool offers_password = false;
    for (const std::uint8_t method : said.subspan(2)) offers_password |= method == 2;
    send_all(live.client, offers_password ? Bytes{5, 2} : Bytes{5, 0});
    live.step = offers_password ? 1 : 2;
    return true;
  }
  if (live.step == 1) {
    const std::size_t user = said[1];
    const std::lock_guard lock(mutex_);
    lines_[live.record].user = as_text(said.subspan(2, user));
    lines_[live.record].password = as_text(said.subspan(3 + user));
    send_all(live.client, Bytes{1, 0});
    live.step = 2;
    return true;
  }
  if (mood == ProxyMood::kRefusing) {
    send_all(live.client, Bytes{5, 5, 0, 1, 0, 0, 0, 0, 0, 0});
    return false;
  }
  live.relay = connect_to(target_port_);
  if (live.relay < 0) return false;
  send_all(live.client, Bytes{5, 0, 0, 1, 127, 0, 0, 1, 0, 0});
  live.step = kHandshakeSteps;
  return true;
}

bool TestProxy::forward(Live& live) {
  if (mood_ == ProxyMood::kSlow) std::this_thread::sleep_for(std::chrono::milliseconds(100));
  std::vector<std::uint8_t> piece(64 << 10);
  for (const bool to_relay : {true, false}) {
    const int from = to_relay ? live.client : live.relay;
    const ssize_t got = ::recv(from, piece.data(), piece.size(), MSG_DONTWAIT);
    if (got == 0) return false;
    if (got < 0) continue;
    const BytesView bytes = BytesView(piece).first(static_cast<std::size_t>(got));
    {
      const std::lock_guard lock(mutex_);
      Bytes& kept = to_relay ? lines_[live.record].to_relay : lines_[live.record].to_client;
      kept.insert(kept.end(), bytes.begin(), bytes.end());
    }
    send_all(to_relay ? live.relay : live.client, bytes);
  }
  return true;
}

ZmtpFrames zmtp_frames(BytesView stream) {
  constexpr std::uint8_t kLong = 2;
  constexpr std::uint8_t kCommand = 4;
  ZmtpFrames frames;
  if (stream.size() < kGreetingBytes) return frames;
  stream = stream.subspan(kGreetingBytes);
  while (!stream.empty()) {
    const std::uint8_t flags = stream[0];
    const std::size_t head = (flags & kLong) != 0 ? 9 : 2;
    if (stream.size() < head) return frames;
    std::uint64_t size = 0;
    for (std::size_t i = 1; i < head; ++i) size = size << 8 | stream[i];
    if (stream.size() - head < size) return frames;
    ((flags & kCommand) != 0 ? frames.commands : frames.messages).push_back(size);
    stream = stream.subspan(head + size);
  }
  frames.whole = true;
  return frames;
}

}  // namespace tocsin::test

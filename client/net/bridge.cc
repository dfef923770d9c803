#include "client/net/bridge.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>

#include "client/net/limits.h"
#include "crypto/base/codec.h"

namespace tocsin::net {

namespace {

constexpr std::uint8_t kVersion = 5;
constexpr std::uint8_t kNoAuthentication = 0;
constexpr std::uint8_t kUserPassword = 2;
constexpr std::uint8_t kConnect = 1;
constexpr std::uint8_t kByName = 3;
constexpr std::size_t kMaxFieldBytes = 255;
constexpr int kBacklog = 4;

std::unexpected<Error> system_failure(const char* where) { return fail(kNetFault, where, errno); }

Result<sockaddr_storage> numeric_address(const Proxy& proxy) {
  const std::string host = proxy.host == "localhost" ? "127.0.0.1" : proxy.host;
  sockaddr_storage address{};
  auto* four = reinterpret_cast<sockaddr_in*>(&address);
  auto* six = reinterpret_cast<sockaddr_in6*>(&address);
  if (inet_pton(AF_INET, host.c_str(), &four->sin_addr) == 1) {
    four->sin_family = AF_INET;
    four->sin_port = htons(proxy.port);
  } else if (inet_pton(AF_INET6, host.c_str(), &six->sin6_addr) == 1) {
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(proxy.port);
  } else {
    return fail(kNetBadProxy, "proxy address");
  }
  return address;
}

Status check(const Proxy& proxy, const Beyond& beyond) {
  if (proxy.port == 0) return fail(kNetBadProxy, "proxy port");
  if (beyond.host.empty() || beyond.host.size() > kMaxFieldBytes)
    return fail(kNetBadProxy, "host beyond the proxy");
  if (!proxy.credentials) return {};
  for (const std::string& field : {proxy.credentials->user, proxy.credentials->password}) {
    if (field.empty() || field.size() > kMaxFieldBytes)
      return fail(kNetBadProxy, "proxy credentials");
  }
  return {};
}

// The proxy's own reasons, RFC 1928 section 6: its answers to a request that it did not fulfil.
std::unexpected<Error> refused_by_proxy(std::uint8_t reply) {
  return fail(kNetUnreachable, "beyond the proxy", reply);
}

void append_field(Writer& writer, const std::string& text) {
  writer.integer(static_cast<std::uint8_t>(text.size())).raw(as_bytes(text));
}

}  // namespace

Result<Bridge> Bridge::open(const Proxy& proxy, Beyond beyond, Rng& rng) {
  TRY(check(proxy, beyond));
  Bridge bridge(proxy, std::move(beyond));
  TRY(bridge.listen(rng));
  TRY(bridge.start_connecting());
  return bridge;
}

// An abstract socket with a name nobody can guess, and only this process is accepted.
Status Bridge::listen(Rng& rng) {
  std::array<std::uint8_t, 16> name{};
  rng.fill(name);
  const std::string text = "tocsin-" + to_hex(name);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path + 1, text.data(), text.size());
  listening_ = FileDescriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + text.size());
  if (!listening_.is_open() ||
      ::bind(listening_.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      ::listen(listening_.get(), kBacklog) != 0)
    return system_failure("local end of the bridge");
  local_endpoint_ = "ipc://@" + text;
  return {};
}

Status Bridge::start_connecting() {
  const sockaddr_storage address = TRY(numeric_address(proxy_));
  outer_ = FileDescriptor(
      ::socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP));
  if (!outer_.is_open()) return system_failure("socket to the proxy");
  constexpr int kOn = 1;
  const auto set = [this](int level, int option, int value) {
    return ::setsockopt(outer_.get(), level, option, &value, sizeof value) == 0;
  };
  // Trap Z13: the kernel notices a proxy that vanished.
  if (!set(IPPROTO_TCP, TCP_NODELAY, kOn) || !set(SOL_SOCKET, SO_KEEPALIVE, kOn) ||
      !set(IPPROTO_TCP, TCP_KEEPIDLE, kKeepaliveIdleSeconds) ||
      !set(IPPROTO_TCP, TCP_KEEPINTVL, kKeepaliveIntervalSeconds) ||
      !set(IPPROTO_TCP, TCP_KEEPCNT, kKeepaliveProbes) ||
      !set(IPPROTO_TCP, TCP_USER_TIMEOUT, kMaxRetransmitMs))
    return system_failure("socket to the proxy");
  const socklen_t size = address.ss_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
  if (::connect(outer_.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0 &&
      errno != EINPROGRESS)
    return fail(kNetUnreachable, "proxy", errno);
  return {};
}

Status Bridge::pump() {
  take_in_libzmq();
  if (stage_ < Stage::kForward) TRY(shake_hands());
  if (stage_ == Stage::kForward) forward();
  return {};
}

void Bridge::take_in_libzmq() {
  if (local_.is_open() || stage_ == Stage::kEnded) return;
  FileDescriptor comer(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!comer.is_open()) return;
  ucred who{};
  socklen_t size = sizeof who;
  if (::getsockopt(comer.get(), SOL_SOCKET, SO_PEERCRED, &who, &size) != 0 || who.pid != ::getpid())
    return;
  local_ = std::move(comer);
  listening_ = FileDescriptor();
}

Status Bridge::shake_hands() {
  while (stage_ < Stage::kForward) {
    const Stage before = stage_;
    switch (stage_) {
      case Stage::kConnect:
        TRY(on_connected());
        break;
      case Stage::kMethod:
        if (heard(2)) TRY(on_method());
        break;
      case Stage::kCredentials:
        if (heard(2)) TRY(on_credentials());
        break;
      case Stage::kReply:
        TRY(on_reply());
        break;
      case Stage::kForward:
      case Stage::kEnded:
        break;
    }
    // The steps' own few bytes always fit the kernel's buffer at once.
    if (!outgoing_.waiting.empty() && stage_ != Stage::kForward) {
      const ssize_t sent = ::send(outer_.get(), outgoing_.waiting.data(), outgoing_.waiting.size(),
                                  MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent != static_cast<ssize_t>(outgoing_.waiting.size()))
        return fail(kNetUnreachable, "proxy", errno);
      outgoing_.waiting.clear();
    }
    if (stage_ == before) return {};
  }
  if (stage_ == Stage::kEnded) return fail(kNetUnreachable, "proxy hung up");
  return {};
}

Status Bridge::on_connected() {
  pollfd waiting{outer_.get(), POLLOUT, 0};
  if (::poll(&waiting, 1, 0) != 1) return {};
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(outer_.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0)
    return fail(kNetUnreachable, "proxy", error);
  say({kVersion, 1, proxy_.credentials ? kUserPassword : kNoAuthentication});
  stage_ = Stage::kMethod;
  return {};
}

Status Bridge::on_method() {
  const std::uint8_t offered = proxy_.credentials ? kUserPassword : kNoAuthentication;
  if (answer_[0] != kVersion || answer_[1] != offered)
    return fail(kNetBadProxy, "method of the proxy", answer_[1]);
  answer_.clear();
  if (proxy_.credentials) {
    Writer writer;
    writer.integer(std::uint8_t{1});
    append_field(writer, proxy_.credentials->user);
    append_field(writer, proxy_.credentials->password);
    say(std::move(writer).take());
    stage_ = Stage::kCredentials;
    return {};
  }
  return on_credentials();
}

Status Bridge::on_credentials() {
  if (stage_ == Stage::kCredentials && answer_[1] != 0)
    return fail(kNetBadProxy, "credentials refused", answer_[1]);
  answer_.clear();
  Writer writer;
  writer.raw(Bytes{kVersion, kConnect, 0, kByName});
  append_field(writer, beyond_.host);
  // The network's byte order.
  writer.integer(static_cast<std::uint8_t>(beyond_.port >> 8))
      .integer(static_cast<std::uint8_t>(beyond_.port & 0xFF));
  say(std::move(writer).take());
  stage_ = Stage::kReply;
  return {};
}

// version | reply | 0 | kind | bound address by kind | port
Status Bridge::on_reply() {
  constexpr std::size_t kHead = 5;
  if (!heard(kHead)) return {};
  if (answer_[0] != kVersion) return fail(kNetBadProxy, "reply of the proxy", answer_[0]);
  if (answer_[1] != 0) return refused_by_proxy(answer_[1]);
  std::size_t address_bytes = 0;
  switch (answer_[3]) {
    case 1:
      address_bytes = 4;
      break;
    case kByName:
      address_bytes = 1U + answer_[4];
      break;
    case 4:
      address_bytes = 16;
      break;
    default:
      return fail(kNetBadProxy, "reply of the proxy", answer_[3]);
  }
  if (!heard(4 + address_bytes + 2)) return {};
  answer_.clear();
  stage_ = Stage::kForward;
  return {};
}

void Bridge::say(Bytes bytes) { outgoing_.waiting = std::move(bytes); }

// True once so many bytes of the proxy's answer are there; never reads beyond them.
bool Bridge::heard(std::size_t bytes) {
  while (answer_.size() < bytes) {
    std::array<std::uint8_t, 300> piece{};
    const std::size_t wanted = std::min(bytes - answer_.size(), piece.size());
    const ssize_t got = ::recv(outer_.get(), piece.data(), wanted, MSG_DONTWAIT);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return false;
    if (got <= 0) {
      stage_ = Stage::kEnded;
      return false;
    }
    answer_.insert(answer_.end(), piece.begin(), piece.begin() + got);
  }
  return true;
}

void Bridge::forward() {
  if (!local_.is_open()) return;
  const bool out = move_bytes(local_.get(), outer_.get(), outgoing_);
  const bool in = move_bytes(outer_.get(), local_.get(), incoming_);
  if (out && in) return;
  // libzmq reads what it was given, then hears the end.
  stage_ = Stage::kEnded;
  local_ = FileDescriptor();
  outer_ = FileDescriptor();
}

bool Bridge::move_bytes(int from, int to, Flow& flow) {
  bool ended = false;
  while (true) {
    if (flow.waiting.empty() && !ended) {
      flow.waiting.resize(kBufferBytes);
      const ssize_t got = ::recv(from, flow.waiting.data(), flow.waiting.size(), MSG_DONTWAIT);
      const bool nothing_now = got < 0 && (errno == EAGAIN || errno == EINTR);
      flow.waiting.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
      if (nothing_now) return true;
      ended = got <= 0;
    }
    if (ended) return false;
    const ssize_t sent =
        ::send(to, flow.waiting.data(), flow.waiting.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) return errno == EAGAIN || errno == EINTR;
    flow.waiting.erase(flow.waiting.begin(), flow.waiting.begin() + sent);
  }
}

std::array<Bridge::Watched, 2> Bridge::watched() const {
  const auto events = [](bool readable, bool writable) {
    return static_cast<short>((readable ? POLLIN : 0) | (writable ? POLLOUT : 0));
  };
  if (stage_ == Stage::kEnded) return {};
  const Watched outer{
      outer_.get(),
      events(incoming_.waiting.empty(), stage_ == Stage::kConnect || !outgoing_.waiting.empty())};
  if (!local_.is_open()) return {outer, Watched{listening_.get(), POLLIN}};
  // Before the way is open what libzmq says stays in its own socket.
  const bool hear_local = stage_ == Stage::kForward && outgoing_.waiting.empty();
  return {outer, Watched{local_.get(), events(hear_local, !incoming_.waiting.empty())}};
}

}  // namespace tocsin::net

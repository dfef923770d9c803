#include "relay/edge/listener.h"

#include <linux/filter.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <memory>

#include "relay/edge/limits.h"

namespace tocsin::edge {

namespace {

std::unexpected<Error> socket_failure(const char* where) {
  const Code code = errno == EADDRINUSE ? kRelayAddressInUse : kRelayTransportFault;
  return fail(code, where, errno);
}

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

Status set_flag(int fd, int level, int option, int value) {
  if (setsockopt(fd, level, option, &value, sizeof value) != 0)
    return socket_failure("listener option");
  return {};
}

Result<std::uint16_t> bound_port(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    return socket_failure("bound port");
  const in_port_t port = address.ss_family == AF_INET6
                             ? reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port
                             : reinterpret_cast<const sockaddr_in*>(&address)->sin_port;
  return ntohs(port);
}

}  // namespace

Result<Endpoint> parse_endpoint(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return fail(kRelayBadEndpoint, "no port");
  std::string_view host = text.substr(0, colon);
  const std::string_view port_text = text.substr(colon + 1);
  if (host.front() == '[' && host.back() == ']' && host.size() > 2) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return fail(kRelayBadEndpoint, "an IPv6 host needs brackets");
  }
  std::uint16_t port = 0;
  const auto [end, error] =
      std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
  if (error != std::errc{} || end != port_text.data() + port_text.size())
    return fail(kRelayBadEndpoint, "port");
  return Endpoint{std::string(host), port};
}

std::string endpoint_text(const Endpoint& endpoint) {
  const bool six = endpoint.host.find(':') != std::string::npos;
  return (six ? "[" + endpoint.host + "]" : endpoint.host) + ":" + std::to_string(endpoint.port);
}

Result<Listener> Listener::create(const Endpoint& endpoint) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(endpoint.port);
  if (const int error = getaddrinfo(endpoint.host.c_str(), port.c_str(), &hints, &found);
      error != 0)
    return fail(kRelayBadEndpoint, "listen address is not numeric", error);
  const std::unique_ptr<addrinfo, FreeAddresses> address(found);

  OwnedFd socket(
      ::socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
  if (socket.get() < 0) return socket_failure("listening socket");
  TRY(set_flag(socket.get(), SOL_SOCKET, SO_REUSEADDR, 1));
  // [::] listens for IPv4 as well.
  if (address->ai_family == AF_INET6) TRY(set_flag(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, 0));
  if (::bind(socket.get(), address->ai_addr, address->ai_addrlen) != 0)
    return socket_failure("bind");
  if (::listen(socket.get(), kListenBacklog) != 0) return socket_failure("listen");
  Endpoint bound = endpoint;
  bound.port = TRY(bound_port(socket.get()));
  return Listener(std::move(socket), std::move(bound));
}

Status Listener::close_gate() {
  if (!open_) return {};
  std::array<sock_filter, 1> drop_all{{BPF_STMT(BPF_RET | BPF_K, 0)}};
  sock_fprog program{};
  program.len = static_cast<unsigned short>(drop_all.size());
  program.filter = drop_all.data();
  if (setsockopt(socket_.get(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) != 0)
    return socket_failure("close gate");
  open_ = false;
  return {};
}

Status Listener::open_gate() {
  if (open_) return {};
  TRY(set_flag(socket_.get(), SOL_SOCKET, SO_DETACH_FILTER, 0));
  open_ = true;
  return {};
}

}  // namespace tocsin::edge

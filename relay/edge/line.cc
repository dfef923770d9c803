#include "relay/edge/line.h"

// The kernel's header, not libc's: only this one has tcpi_bytes_received.
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstddef>

namespace tocsin::edge {

std::uint64_t taken_bytes(int fd) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return 0;
  if (size < offsetof(tcp_info, tcpi_bytes_received) + sizeof info.tcpi_bytes_received) return 0;
  // Asked for second: what arrives in between makes the answer too small, never too large.
  int unread = 0;
  if (::ioctl(fd, FIONREAD, &unread) != 0 || unread < 0) return 0;
  const auto waiting = static_cast<std::uint64_t>(unread);
  return info.tcpi_bytes_received - std::min(waiting, std::uint64_t{info.tcpi_bytes_received});
}

void end_line(int fd) { ::shutdown(fd, SHUT_RDWR); }

}  // namespace tocsin::edge

#include "relay/edge/line.h"

// The kernel's header, not libc's: only this one has tcpi_bytes_received.
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cstddef>

namespace tocsin::edge {

bool has_taken_more(int fd, std::uint64_t bytes) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return false;
  if (size < offsetof(tcp_info, tcpi_bytes_received) + sizeof info.tcpi_bytes_received)
    return false;
  const std::uint64_t received = info.tcpi_bytes_received;
  if (received <= bytes) return false;  // nearly every line, nearly always: nothing more to ask
  // Asked for second: what arrives in between counts as unread, never as taken.
  int unread = 0;
  if (::ioctl(fd, FIONREAD, &unread) != 0 || unread < 0) return false;
  return received - bytes > static_cast<std::uint64_t>(unread);
}

void end_line(int fd) { ::shutdown(fd, SHUT_RDWR); }

}  // namespace tocsin::edge

#include "relay/edge/peers.h"

namespace tocsin::edge {

std::optional<RoutingId> routing_id_from(BytesView bytes) {
  if (bytes.size() != 5 || bytes[0] != 0) return std::nullopt;
  std::uint32_t number = 0;
  for (std::size_t i = 1; i < bytes.size(); ++i) number = number << 8 | bytes[i];
  return RoutingId{number};
}

std::array<std::uint8_t, 5> routing_id_bytes(RoutingId id) {
  std::array<std::uint8_t, 5> bytes{};
  for (std::size_t i = 0; i < 4; ++i)
    bytes[i + 1] = static_cast<std::uint8_t>(id.number >> (24 - 8 * i));
  return bytes;
}

void Peers::on_accepted(int fd, Milliseconds now) {
  ++accepted_;
  if (early_gone_.erase(fd) > 0) return;
  Line line;
  line.last = now;
  lines_.insert_or_assign(fd, line);
}

std::optional<EdgeConnection> Peers::on_gone(int fd) {
  const auto line = lines_.find(fd);
  if (line == lines_.end()) {
    early_gone_.insert(fd);
    return std::nullopt;
  }
  const EdgeConnection connection = line->second.connection;
  if (connection != 0) unbind(line->second);
  lines_.erase(line);
  if (connection == 0) return std::nullopt;
  return connection;
}

// A peer may claim any routing id of its own; one that looks like the ROUTER's must lie in the
// stretch the ROUTER has handed out. Its start is random and told to nobody.
bool Peers::is_ours(RoutingId id) const {
  const std::uint32_t distance = id.number - probe_.number;
  return distance != 0 && distance <= accepted_;
}

bool Peers::is_bound(RoutingId id, int fd) const {
  const auto known = by_routing_.find(id.number);
  return known != by_routing_.end() && known->second == fd;
}

bool Peers::may_come(RoutingId id, int fd) const {
  const auto line = lines_.find(fd);
  return line == lines_.end() || line->second.connection == 0 ||
         id.number - probe_.number > line->second.routing.number - probe_.number;
}

void Peers::unbind(Line& line) {
  by_routing_.erase(line.routing.number);
  by_connection_.erase(line.connection);
  line.connection = 0;
}

void Peers::on_unreachable(EdgeConnection connection) {
  if (const auto fd = by_connection_.find(connection); fd != by_connection_.end())
    unbind(lines_.at(fd->second));
}

Result<Peers::Heard> Peers::on_frame(RoutingId id, int fd, Milliseconds now,
                                     std::uint64_t wire_bytes) {
  if (const auto known = by_routing_.find(id.number); known != by_routing_.end()) {
    if (known->second != fd) return fail(kRelayPeerGone, "routing id on another line");
    Line& line = lines_.at(fd);
    line.last = now;
    line.frame_bytes += wire_bytes;
    return Heard{line.connection, false, std::nullopt};
  }
  const auto found = lines_.find(fd);
  if (found == lines_.end()) return fail(kRelayPeerGone, "frame of a line that left");
  if (!is_ours(id)) return fail(kRelayPeerGone, "routing id of the peer's own making");
  Line& line = found->second;
  Heard heard;
  if (line.connection != 0) {
    // The ROUTER's ids rise: of two that came on one descriptor the lower is the dead one's.
    if (id.number - probe_.number < line.routing.number - probe_.number)
      return fail(kRelayPeerGone, "late frame of a dead line");
    heard.displaced = line.connection;
    unbind(line);
  }
  line.last = now;
  line.connection = ++last_connection_;
  line.routing = id;
  line.frame_bytes += wire_bytes;
  by_routing_.emplace(id.number, fd);
  by_connection_.emplace(line.connection, fd);
  heard.connection = line.connection;
  heard.opened = true;
  return heard;
}

std::optional<RoutingId> Peers::routing_of(EdgeConnection connection) const {
  const auto fd = by_connection_.find(connection);
  if (fd == by_connection_.end()) return std::nullopt;
  return lines_.at(fd->second).routing;
}

std::optional<int> Peers::fd_of(EdgeConnection connection) const {
  const auto fd = by_connection_.find(connection);
  if (fd == by_connection_.end()) return std::nullopt;
  return fd->second;
}

std::vector<int> Peers::overdue(Milliseconds now, Deadlines deadlines) const {
  std::vector<int> late;
  for (const auto& [fd, line] : lines_) {
    const Milliseconds limit = line.connection == 0 ? deadlines.hello : deadlines.silent;
    if (now - line.last >= limit) late.push_back(fd);
  }
  return late;
}

}  // namespace tocsin::edge

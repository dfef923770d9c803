#include "relay/boundary.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "crypto/base/codec.h"
#include "relay/codes.h"

namespace tocsin {
namespace {

constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kHeadBytes = 8 + 1;  // connection, kind
constexpr std::size_t kMaxMessageBytes = kLengthBytes + kHeadBytes + kCellBytes;
constexpr std::size_t kMaxBulkMessageBytes = kLengthBytes + kHeadBytes + kDataFrameBytes;
static_assert(kBoundaryReadBytes == kBoundaryBatchMessages / 2 * kMaxMessageBytes);
static_assert(kBoundaryReadBytes > 4 * kMaxBulkMessageBytes);
// Enough in the kernel that neither side wakes up for single cells.
constexpr int kSocketBufferBytes = 1 << 20;

template <class Integer>
void append_integer(Bytes& target, Integer value) {
  for (std::size_t i = 0; i < sizeof value; ++i)
    target.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

template <class Message>
std::size_t bytes_of(const Message& message) {
  return kLengthBytes + kHeadBytes + message.frame.size();
}

template <class Message>
void append_message(Bytes& target, const Message& message) {
  append_integer(target, static_cast<std::uint32_t>(kHeadBytes + message.frame.size()));
  append_integer(target, message.connection);
  target.push_back(static_cast<std::uint8_t>(message.kind));
  target.insert(target.end(), message.frame.begin(), message.frame.end());
}

bool is_known(EdgeEvent kind) { return kind >= EdgeEvent::kOpened && kind <= EdgeEvent::kData; }
bool is_known(StoreOrder kind) { return kind >= StoreOrder::kCell && kind <= StoreOrder::kData; }

template <class Message>
bool is_well_formed(const Message& message) {
  using Kind = decltype(message.kind);
  const std::size_t size = message.kind == Kind::kCell   ? kCellBytes
                           : message.kind == Kind::kData ? kDataFrameBytes
                                                         : 0;
  return is_known(message.kind) && message.frame.size() == size;
}

// Length of the next whole message in `bytes` with its prefix, 0 when it has not arrived yet.
Result<std::size_t> next_message(BytesView bytes, std::size_t longest) {
  if (bytes.size() < kLengthBytes) return 0;
  const std::size_t size = kLengthBytes + Reader(bytes).integer<std::uint32_t>();
  if (size < kLengthBytes + kHeadBytes || size > longest)
    return fail(kMalformed, "boundary message length", static_cast<std::int64_t>(size));
  return bytes.size() < size ? 0 : size;
}

}  // namespace

OwnedFd& OwnedFd::operator=(OwnedFd&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

OwnedFd::~OwnedFd() {
  if (fd_ >= 0) ::close(fd_);
}

std::size_t BoundaryStream::longest() const {
  return crossing_ == Crossing::kBulk ? kMaxBulkMessageBytes : kMaxMessageBytes;
}

Bytes& BoundaryStream::outgoing() {
  if (sent_ > 0) {
    outgoing_.erase(outgoing_.begin(), outgoing_.begin() + static_cast<std::ptrdiff_t>(sent_));
    sent_ = 0;
  }
  return outgoing_;
}

Status BoundaryStream::flush() {
  while (wants_write()) {
    const ssize_t sent = ::send(socket_.get(), outgoing_.data() + sent_, outgoing_.size() - sent_,
                                MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN) return {};
      if (errno == EPIPE || errno == ECONNRESET) return fail(kBoundaryClosed, "boundary send");
      return fail(kFileFault, "boundary send", errno);
    }
    sent_ += static_cast<std::size_t>(sent);
  }
  outgoing_.clear();
  sent_ = 0;
  // One batch of data frames must not be what every later one of cells occupies.
  if (outgoing_.capacity() > 2 * kBoundaryQueueBytes) Bytes().swap(outgoing_);
  return {};
}

Status BoundaryStream::fill() {
  if (incoming_.empty()) incoming_.resize(kBoundaryReadBytes);  // once: never zeroed again
  if (taken_ > 0) {
    std::memmove(incoming_.data(), incoming_.data() + taken_, filled_ - taken_);
    filled_ -= taken_;
    taken_ = 0;
  }
  while (filled_ < incoming_.size()) {
    const ssize_t got =
        ::recv(socket_.get(), incoming_.data() + filled_, incoming_.size() - filled_, MSG_DONTWAIT);
    if (got > 0) {
      filled_ += static_cast<std::size_t>(got);
      continue;
    }
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return {};
    if (got < 0 && errno != ECONNRESET) return fail(kFileFault, "boundary receive", errno);
    // The other end is gone; what it sent before is still delivered.
    if (filled_ == 0) return fail(kBoundaryClosed, "boundary receive");
    return {};
  }
  return {};
}

void BoundaryStream::consume(std::size_t bytes) { taken_ += bytes; }

template <class Out, class In>
Status BoundaryEnd<Out, In>::send(std::span<const Out> batch) {
  if (!stream_.has_room()) return fail(kBoundaryFull, "boundary send");
  Bytes& outgoing = stream_.outgoing();
  // Beyond the bound no more than it needs: doubling would hold three times as much for a moment.
  std::size_t bytes = outgoing.size();
  for (const Out& message : batch) bytes += bytes_of(message);
  if (bytes > kBoundaryQueueBytes) outgoing.reserve(bytes);
  for (const Out& message : batch) append_message(outgoing, message);
  return stream_.flush();
}

template <class Out, class In>
Result<std::vector<In>> BoundaryEnd<Out, In>::receive() {
  std::vector<In> batch;
  bool read = false;
  while (batch.size() < kBoundaryBatchMessages) {
    const std::size_t size = TRY(next_message(stream_.incoming(), stream_.longest()));
    if (size == 0) {
      if (read) break;
      read = true;
      TRY(stream_.fill());
      if (stream_.incoming().empty()) break;
      continue;
    }
    Reader reader(stream_.incoming().first(size));
    reader.integer<std::uint32_t>();
    In message;
    message.connection = reader.integer<std::uint64_t>();
    message.kind = static_cast<decltype(message.kind)>(reader.integer<std::uint8_t>());
    message.frame = to_bytes(reader.rest());
    if (!is_well_formed(message)) return fail(kMalformed, "boundary message");
    batch.push_back(std::move(message));
    stream_.consume(size);
  }
  return batch;
}

template class BoundaryEnd<EdgeToStore, StoreToEdge>;
template class BoundaryEnd<StoreToEdge, EdgeToStore>;

Result<std::pair<OwnedFd, OwnedFd>> make_boundary_sockets() {
  std::array<int, 2> fds{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds.data()) != 0)
    return fail(kFileFault, "boundary socket pair", errno);
  std::pair<OwnedFd, OwnedFd> pair{OwnedFd(fds[0]), OwnedFd(fds[1])};
  for (const int fd : fds) {
    if (::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &kSocketBufferBytes, sizeof kSocketBufferBytes) !=
        0)
      return fail(kFileFault, "boundary socket buffer", errno);
  }
  return pair;
}

Result<BoundaryPipe> make_boundary_pipe(Crossing crossing) {
  auto sockets = TRY(make_boundary_sockets());
  return BoundaryPipe{EdgeEnd(std::move(sockets.first), crossing),
                      StoreEnd(std::move(sockets.second), crossing)};
}

}  // namespace tocsin

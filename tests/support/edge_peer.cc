#include "tests/support/edge_peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace tocsin::test {

namespace {

[[noreturn]] void give_up(const char* where, const Error& error) {
  std::fprintf(stderr, "test support: %s: %s %lld\n", where, error.where,
               static_cast<long long>(error.detail));
  std::abort();
}

template <class T>
T must(Result<T> result, const char* where) {
  if (!result.has_value()) give_up(where, result.error());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

}  // namespace

Milliseconds clock_ms() {
  using std::chrono::duration_cast;
  return duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

bool eventually(Milliseconds longest, const std::function<bool()>& holds) {
  const Milliseconds end = clock_ms() + longest;
  while (!holds()) {
    if (clock_ms() >= end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

EdgeUnderTest::EdgeUnderTest(std::size_t connection_budget, const edge::Plane& plane) {
  SystemRng rng;
  auto pair = make_x25519_pair<CurvePublic, CurveSecret>(rng);
  curve_ = pair.public_key;
  BoundaryPipe pipe = must(make_boundary_pipe(), "boundary");
  store_ = std::make_unique<StoreEnd>(std::move(pipe.store));
  edge::EdgeOptions options;
  options.listen = {"127.0.0.1", 0};
  options.connection_budget = connection_budget;
  options.plane = plane;
  edge_ = must(edge::Edge::create(options, pair.secret, std::move(pipe.edge)), "edge");
  stop_ = eventfd(0, EFD_CLOEXEC);
  thread_ = std::thread([this] {
    const Status done = edge_->run(stop_);
    if (!done.has_value())
      std::fprintf(stderr, "edge ended: %s %lld\n", done.error().where,
                   static_cast<long long>(done.error().detail));
    ended_ = true;
  });
}

EdgeUnderTest::~EdgeUnderTest() {
  const std::uint64_t one = 1;
  if (::write(stop_, &one, sizeof one) != sizeof one) std::abort();
  thread_.join();
  ::close(stop_);
}

void EdgeUnderTest::listen() {
  while (true) {
    EdgeBatch batch = must(store_->receive(), "store receive");
    if (batch.empty()) return;
    for (EdgeToStore& event : batch) heard.push_back(std::move(event));
  }
}

std::size_t EdgeUnderTest::count(EdgeEvent kind) const {
  std::size_t found = 0;
  for (const EdgeToStore& event : heard) found += event.kind == kind;
  return found;
}

bool EdgeUnderTest::hears(EdgeEvent kind, std::size_t times, Milliseconds longest) {
  return eventually(longest, [&] {
    listen();
    return count(kind) >= times;
  });
}

EdgeConnection EdgeUnderTest::last(EdgeEvent kind) const {
  for (std::size_t i = heard.size(); i > 0; --i) {
    if (heard[i - 1].kind == kind) return heard[i - 1].connection;
  }
  return 0;
}

void EdgeUnderTest::tell(EdgeConnection connection, StoreOrder order, Bytes cell) {
  StoreBatch batch;
  batch.push_back({connection, order, std::move(cell)});
  tell(std::move(batch));
}

void EdgeUnderTest::tell(StoreBatch batch) {
  const bool sent = eventually(5'000, [&] { return store_->send(batch).has_value(); });
  if (!sent) std::abort();
  while (store_->wants_write()) must(store_->flush(), "store flush");
}

void EdgeUnderTest::echo_for(Milliseconds longest, const std::function<bool()>& until) {
  std::size_t done = heard.size();
  eventually(longest, [&] {
    listen();
    for (; done < heard.size(); ++done) {
      if (heard[done].kind == EdgeEvent::kCell)
        tell(heard[done].connection, StoreOrder::kCell, heard[done].frame);
    }
    return until();
  });
}

Peer::Peer(const edge::ZmqContext& context, const EdgeUnderTest& edge, const Options& options) {
  SystemRng rng;
  const auto pair = make_x25519_pair<CurvePublic, CurveSecret>(rng);
  edge::ZmqSocket socket = must(edge::ZmqSocket::create(context, ZMQ_DEALER), "peer");
  must(socket.set(ZMQ_CURVE_SERVERKEY, edge.curve().view()), "server key");
  must(socket.set(ZMQ_CURVE_PUBLICKEY, pair.public_key.view()), "public key");
  must(socket.set(ZMQ_CURVE_SECRETKEY, pair.secret.expose(kExpose)), "secret key");
  must(socket.set(ZMQ_RECONNECT_IVL, -1), "no reconnect");
  must(socket.set(ZMQ_RCVHWM, options.receive_mark), "mark");
  if (options.receive_buffer > 0) must(socket.set(ZMQ_RCVBUF, options.receive_buffer), "buffer");
  if (!options.routing_id.empty())
    must(socket.set(ZMQ_ROUTING_ID, as_bytes(options.routing_id)), "routing id");
  must(socket.connect(edge.endpoint()), "connect");
  socket_.emplace(std::move(socket));
}

bool Peer::send(BytesView frame, int flags) {
  return eventually(1'000, [&] { return socket_->send(frame, flags).has_value(); });
}

Bytes Peer::receive(Milliseconds longest) {
  zmq_pollitem_t item{socket_->handle(), 0, ZMQ_POLLIN, 0};
  if (zmq_poll(&item, 1, static_cast<long>(longest)) != 1) return {};
  Bytes all;
  bool more = true;
  while (more) {
    edge::ZmqMessage part;
    if (!socket_->receive(part).has_value()) break;
    all.insert(all.end(), part.view().begin(), part.view().end());
    more = part.more();
  }
  return all;
}

Bytes frame_of(std::uint8_t fill) { return Bytes(edge::kFrameBytes, fill); }

int connect_tcp(std::uint16_t port) {
  const int fd = start_connecting(port);
  if (fd < 0) return -1;
  pollfd waiting{fd, POLLOUT, 0};
  int error = 0;
  socklen_t size = sizeof error;
  if (::poll(&waiting, 1, 1'000) == 1 &&
      ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0)
    return fd;
  ::close(fd);
  return -1;
}

int start_connecting(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -1;
  const sockaddr_in address = loopback(port);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
      errno != EINPROGRESS) {
    ::close(fd);
    return -1;
  }
  return fd;
}

}  // namespace tocsin::test

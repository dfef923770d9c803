#include "relay/edge/edge.h"

#include <array>
#include <chrono>

#include "relay/edge/gate.h"
#include "relay/edge/line.h"
#include "relay/edge/router.h"
#include "relay/ops/log.h"

namespace tocsin::edge {

namespace {

// How many frames one turn reads before the store and the lines have their turn.
constexpr std::size_t kFramesPerTurn = 256;
constexpr long kWaitingPollMs = 2;  // a ROUTER tells nobody that one peer's pipe has room again

Milliseconds now_ms() {
  using std::chrono::duration_cast;
  return duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

void count(std::atomic<std::uint64_t>& counter) { counter.fetch_add(1, std::memory_order_relaxed); }

}  // namespace

Edge::Edge(Parts parts, EdgeEnd store, const EdgeOptions& options)
    : context_(std::move(parts.context)),
      listener_(std::move(parts.listener)),
      router_(std::move(parts.router)),
      monitor_(std::move(parts.monitor)),
      peers_(std::move(parts.peers)),
      store_(std::move(store)),
      budget_(options.connection_budget),
      plane_(options.plane),
      waiting_(options.plane) {}

Result<std::unique_ptr<Edge>> Edge::create(const EdgeOptions& options, const CurveSecret& secret,
                                           EdgeEnd store) {
  ZmqContext context = TRY(ZmqContext::create(options.io_threads));
  Listener listener = TRY(Listener::create(options.listen));
  ZmqSocket router = TRY(make_router(context, secret, options.plane.largest_frame));
  Peers peers(TRY(probe_router(context, router)));
  Monitor monitor = TRY(Monitor::create(context, router));
  TRY(bind_router(router, listener));
  return std::unique_ptr<Edge>(
      new Edge(Parts{std::move(context), std::move(listener), std::move(router), std::move(monitor),
                     std::move(peers)},
               std::move(store), options));
}

Status Edge::run(int stop) {
  bool stopped = false;
  while (!stopped) {
    if (const Status turn = serve_once(stop, stopped); !turn.has_value()) {
      if (turn.error().code == kRelayInterrupted) continue;
      return turn;
    }
  }
  return {};
}

Status Edge::serve_once(int stop, bool& stopped) {
  const short from_router = store_.has_room() ? ZMQ_POLLIN : 0;
  const short store_events =
      static_cast<short>(ZMQ_POLLIN | (store_.wants_write() ? ZMQ_POLLOUT : 0));
  std::array<zmq_pollitem_t, 4> items{{{nullptr, stop, ZMQ_POLLIN, 0},
                                       {monitor_.socket().handle(), 0, ZMQ_POLLIN, 0},
                                       {nullptr, store_.fd(), store_events, 0},
                                       {router_.handle(), 0, from_router, 0}}};
  const long wait_ms = waiting_.empty() ? kHousekeepingMs : kWaitingPollMs;
  if (zmq_poll(items.data(), static_cast<int>(items.size()), wait_ms) < 0)
    return fail(zmq_code(zmq_errno()), "edge poll", zmq_errno());
  stopped = items[0].revents != 0;
  if (items[1].revents != 0) TRY(watch_lines());
  if (items[3].revents != 0) TRY(take_frames());
  TRY(flush_to_store());
  if (items[2].revents != 0) TRY(follow_orders());
  waiting_.offer(now_ms(), [this](EdgeConnection connection, BytesView frame) {
    return try_send(connection, frame);
  });
  TRY(keep_house());
  return flush_to_store();
}

Status Edge::watch_lines() {
  const Milliseconds now = now_ms();
  for (const LineEvent& event : TRY(monitor_.drain())) {
    switch (event.kind) {
      case LineEvent::Kind::kAccepted:
        peers_.on_accepted(event.fd, now);
        break;
      case LineEvent::Kind::kGone:
        if (const auto connection = peers_.on_gone(event.fd)) end(*connection);
        break;
      case LineEvent::Kind::kAcceptFailed:
        log_event(RelayEvent::kAcceptFailed,
                  {{RelayField::kPort, endpoint().port}, {RelayField::kDetail, event.fd}});
        break;
    }
  }
  const bool open = gate_open(listener_.gate_is_open(), peers_.lines(), budget_);
  if (open != listener_.gate_is_open()) {
    TRY(open ? listener_.open_gate() : listener_.close_gate());
    if (!open) count(counters_.gate_closed);
    log_event(open ? RelayEvent::kGateOpened : RelayEvent::kGateClosed,
              {{RelayField::kPort, endpoint().port},
               {RelayField::kLines, static_cast<std::int64_t>(peers_.lines())}});
  }
  return {};
}

bool Edge::is_frame(std::size_t size) const {
  return size == kFrameBytes || size == plane_.largest_frame;
}

Status Edge::take_frames() {
  for (std::size_t taken = 0; taken < kFramesPerTurn && store_.has_room(); ++taken) {
    if (to_store_bytes_ >= kToStoreBytes) return {};
    ZmqMessage id;
    if (const Status got = router_.receive(id); !got.has_value()) {
      if (got.error().code == kRelayWouldBlock) return {};
      return got;
    }
    const std::optional<RoutingId> routing = routing_id_from(id.view());
    // A frame is one part; of anything longer only the fact is kept.
    Bytes frame;
    int fd = -1;
    std::size_t parts = 0;
    for (bool more = id.more(); more; ++parts) {
      ZmqMessage part;
      TRY(router_.receive(part));
      fd = part.source_fd();
      if (parts == 0 && is_frame(part.view().size())) frame = to_bytes(part.view());
      more = part.more();
    }
    if (parts != 1) frame.clear();
    if (!routing.has_value()) {
      // Trap Z3: a routing id of the peer's own choosing.
      count(counters_.dropped);
      cut(fd);
      continue;
    }
    TRY(take_frame(*routing, fd, std::move(frame)));
  }
  return {};
}

// flow 5/8: a frame leaves the network here: whose line it came on, and whether its size is right,
// is all the edge knows.
Status Edge::take_frame(RoutingId id, int fd, Bytes frame) {
  count(counters_.frames_in);
  // Descriptors are used again: first hear who left and who came (trap Z12).
  if (!peers_.is_bound(id, fd)) TRY(watch_lines());
  const Status handed = hand_over(id, fd, frame);
  if (handed.has_value()) return {};
  if (late_.size() < kLateFrames && peers_.may_come(id, fd)) {
    late_.push_back({id, fd, std::move(frame), now_ms()});
  } else {
    count(counters_.dropped);
  }
  return {};
}

Status Edge::hand_over(RoutingId id, int fd, Bytes& frame) {
  const std::size_t size = frame.empty() ? plane_.largest_frame : frame.size();
  const Peers::Heard heard = TRY(peers_.on_frame(id, fd, now_ms(), on_wire(size)));
  if (heard.displaced) end(*heard.displaced);
  if (heard.opened) to_store_.push_back({heard.connection, EdgeEvent::kOpened, {}});
  if (farewells_.contains(heard.connection)) return {};
  to_store_bytes_ += frame.size();
  if (frame.size() == kFrameBytes) {
    to_store_.push_back({heard.connection, EdgeEvent::kCell, std::move(frame)});
  } else if (!frame.empty()) {
    to_store_.push_back({heard.connection, EdgeEvent::kData, std::move(frame)});
  } else {
    count(counters_.wrong_size);
    to_store_.push_back({heard.connection, EdgeEvent::kWrongSize, {}});
  }
  return {};
}

void Edge::retry_late() {
  const Milliseconds now = now_ms();
  for (std::size_t left = late_.size(); left > 0; --left) {
    LateFrame late = std::move(late_.front());
    late_.pop_front();
    if (hand_over(late.id, late.fd, late.frame).has_value()) continue;
    if (now - late.since < kLateMs) {
      late_.push_back(std::move(late));
    } else {
      count(counters_.dropped);
    }
  }
}

Status Edge::flush_to_store() {
  if (!to_store_.empty()) {
    const Status sent = store_.send(to_store_);
    if (sent.has_value()) {
      to_store_.clear();
      to_store_bytes_ = 0;
    } else if (sent.error().code != kBoundaryFull) {
      return sent;
    }
    // Full: nothing was taken; the batch stays and no frame is read until there is room.
  }
  return store_.flush();
}

Status Edge::follow_orders() {
  while (true) {
    StoreBatch batch = TRY(store_.receive());
    if (batch.empty()) return {};
    for (StoreToEdge& order : batch) {
      if (order.kind == StoreOrder::kKick) {
        say_goodbye(order.connection);
      } else {
        send_frame(order.connection, std::move(order.frame));
      }
    }
  }
}

void Edge::send_frame(EdgeConnection connection, Bytes frame) {
  if (!peers_.routing_of(connection)) return;
  if (!waiting_.has(connection) && try_send(connection, frame)) return;
  // The room of all is taken by those that do not read: one of them ends, not who asks just now.
  if (waiting_.is_full()) cut_slow(*waiting_.stalest());
  if (!waiting_.push(connection, std::move(frame), now_ms()).has_value()) cut_slow(connection);
}

// Too slow for what it asked: the line ends, the store keeps what was not acknowledged.
void Edge::cut_slow(EdgeConnection connection) {
  if (const auto fd = peers_.fd_of(connection)) cut(*fd);
  waiting_.forget(connection);
}

// True when the frame needs no more care: it left, or there is nobody to take it.
bool Edge::try_send(EdgeConnection connection, BytesView frame) {
  const std::optional<RoutingId> id = peers_.routing_of(connection);
  if (!id) return true;
  const Status routed = router_.send(routing_id_bytes(*id), ZMQ_SNDMORE);
  if (!routed.has_value()) {
    const Code code = routed.error().code;
    if (code == kRelayWouldBlock || code == kRelayInterrupted) return false;
    peers_.on_unreachable(connection);
    to_store_.push_back({connection, EdgeEvent::kClosed, {}});
    farewells_.erase(connection);
    count(counters_.dropped);
    return true;
  }
  // The routing part chose a pipe with room, so this part cannot be refused for want of it.
  while (true) {
    const Status sent = router_.send(frame, 0);
    if (sent.has_value()) break;
    if (sent.error().code != kRelayInterrupted) {
      count(counters_.dropped);
      return true;
    }
  }
  count(counters_.frames_out);
  return true;
}

void Edge::end(EdgeConnection connection) {
  waiting_.forget(connection);
  farewells_.erase(connection);
  to_store_.push_back({connection, EdgeEvent::kClosed, {}});
}

void Edge::say_goodbye(EdgeConnection connection) {
  if (peers_.routing_of(connection)) farewells_.emplace(connection, now_ms() + kFarewellMs);
}

void Edge::cut(int fd) {
  if (fd < 0) return;
  count(counters_.cut);
  end_line(fd);
}

Status Edge::keep_house() {
  const Milliseconds now = now_ms();
  if (now < next_housekeeping_) return {};
  next_housekeeping_ = now + kHousekeepingMs;
  TRY(watch_lines());
  retry_late();
  for (auto farewell = farewells_.begin(); farewell != farewells_.end();) {
    if (farewell->second > now) {
      ++farewell;
      continue;
    }
    if (const auto fd = peers_.fd_of(farewell->first)) cut(*fd);
    waiting_.forget(farewell->first);
    farewell = farewells_.erase(farewell);
  }
  const Milliseconds hello = listener_.gate_is_open() ? kHelloMs : kPressureHelloMs;
  for (const int fd : peers_.overdue(now, {.hello = hello, .silent = kSilentMs})) cut(fd);
  cut_line_hoarders();
  for (const EdgeConnection connection : waiting_.stalled(now)) cut_slow(connection);
  counters_.lines = peers_.lines();
  counters_.connections = peers_.connections();
  counters_.frames_waiting = waiting_.frames();
  return {};
}

// Lines from which far more was taken than came out of them as frames: messages in endless parts.
// Also while this side does not read: what the kernel holds does not count, and what libzmq fetches
// ahead is allowed for.
void Edge::cut_line_hoarders() {
  peers_.for_each_line([this](int fd, std::uint64_t explained) {
    if (has_taken_more(fd, explained + unexplained_bytes(plane_.largest_frame))) cut(fd);
  });
}

}  // namespace tocsin::edge

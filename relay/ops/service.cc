#include "relay/ops/service.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <thread>

#include "relay/edge/gate.h"
#include "relay/harden/harden.h"
#include "relay/ops/bulk_room.h"
#include "relay/ops/control.h"
#include "relay/ops/log.h"
#include "relay/ops/notify.h"
#include "relay/ops/operator_commands.h"
#include "relay/ops/status.h"
#include "relay/ops/store_room.h"
#include "relay/ops/stored.h"
#include "relay/store/memory_store.h"
#include "relay/store/wake.h"

namespace tocsin::ops {

namespace {

Complaint edge_complaint(const Error& error, const edge::Endpoint& listen) {
  const std::string endpoint = edge::endpoint_text(listen);
  if (error.code == kRelayAddressInUse)
    return {Exit::kAddress, "another process listens on " + endpoint,
            "stop it, or choose another port with listen"};
  if (error.detail == EACCES || error.detail == EADDRNOTAVAIL || error.code == kRelayBadEndpoint)
    return {Exit::kAddress, "cannot listen on " + endpoint + ": " + in_words(error),
            "listen needs an address of this machine and a port above 1023"};
  return {Exit::kFailed, "cannot start the edge: " + in_words(error), ""};
}

Complaint start_complaint(const Error& error) {
  return {Exit::kFailed, "cannot start: " + in_words(error), ""};
}

Result<FileDescriptor> block_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  if (pthread_sigmask(SIG_BLOCK, &signals, nullptr) != 0)
    return fail(kRelaySystemFault, "signals", errno);
  FileDescriptor stop(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!stop.is_open()) return fail(kRelaySystemFault, "signals", errno);
  return stop;
}

// One thread of the relay: runs to its end and says so.
class Part {
 public:
  Part(RelayEvent failed, const Wake& ended) : failed_(failed), ended_(ended) {}
  template <class Run>
  void start(Run run) {
    thread_ = std::jthread([this, run] {
      const Status done = run();
      if (!done.has_value()) {
        failure_ = done.error();
        log_event(failed_, {{RelayField::kCode, static_cast<std::int64_t>(done.error().code)},
                            {RelayField::kDetail, done.error().detail}});
      }
      ended_.ring();
    });
  }
  void join() {
    if (thread_.joinable()) thread_.join();
  }
  const std::optional<Error>& failure() const { return failure_; }  // after join()

 private:
  RelayEvent failed_;
  const Wake& ended_;
  std::optional<Error> failure_;
  std::jthread thread_;
};

// The second port. What ends it does not end the relay: alerts do not wait for evidence.
struct Bulk {
  BulkStanding standing = BulkStanding::kNone;
  std::unique_ptr<edge::Edge> edge = nullptr;  // while it is up
  std::unique_ptr<BulkRoom> room = nullptr;    // once it was up
};

// Its two threads.
class BulkThreads {
 public:
  static Result<std::unique_ptr<BulkThreads>> start(Bulk& bulk) {
    Wake ended = TRY(Wake::create());
    Wake stop = TRY(Wake::create());
    std::unique_ptr<BulkThreads> threads(new BulkThreads(bulk, std::move(ended), std::move(stop)));
    if (bulk.standing == BulkStanding::kUp) threads->run();
    return threads;
  }
  // Readable when one of them has ended.
  int ended_fd() const { return ended_.fd(); }
  // What the store answered can still leave; then the port is closed.
  void end() {
    if (bulk_.standing != BulkStanding::kUp) return;
    bulk_.room->stop();
    store_.join();
    stop_edge_.ring();
    edge_.join();
    bulk_.edge.reset();
    ended_.clear();
    bulk_.standing = BulkStanding::kDown;
  }

 private:
  BulkThreads(Bulk& bulk, Wake ended, Wake stop)
      : bulk_(bulk), ended_(std::move(ended)), stop_edge_(std::move(stop)) {}
  void run() {
    store_.start([this] { return bulk_.room->run(); });
    edge_.start([this] { return bulk_.edge->run(stop_edge_.fd()); });
  }

  Bulk& bulk_;
  Wake ended_, stop_edge_;
  Part store_{RelayEvent::kBulkStoreFailed, ended_};
  Part edge_{RelayEvent::kBulkEdgeFailed, ended_};
};

struct Running {
  const RelayConfig& config;
  RelayAddress address;
  std::size_t connection_budget;
  edge::Edge& edge;
  StoreRoom& store;
  Bulk& bulk;
  int stop;
};

// A signal to stop comes before the rest of a long listing.
bool is_stopping(const Running& running) {
  pollfd stop{running.stop, POLLIN, 0};
  return ::poll(&stop, 1, 0) != 0;
}

Status answer_stored(const Running& running, Ciphertext ciphertext,
                     const ControlServer::Write& write) {
  StoredListing listing(ciphertext);
  for (bool more = true; more;) {
    std::string lines;
    more = TRY(running.store.list_more(listing, lines));
    TRY(write(lines));
    if (is_stopping(running)) return fail(kRelayInterrupted, "stopping");
  }
  BlobNumber blob;
  // The listing of a relay whose blobs cannot be read has no last line.
  if (running.bulk.standing == BulkStanding::kDown) return fail(kRelayNotRunning, "bulk plane");
  for (bool more = running.bulk.standing == BulkStanding::kUp; more;) {
    std::string lines;
    more = TRY(running.bulk.room->list_more(blob, lines));
    TRY(write(lines));
    if (is_stopping(running)) return fail(kRelayInterrupted, "stopping");
  }
  // Its last line tells the asker that nothing is missing.
  return write(kListingEnd);
}

Status answer(const Running& running, std::string_view question,
              const ControlServer::Write& write) {
  if (question == "status") {
    RelayStatus status{running.store.figures(), running.edge.counters(), running.connection_budget,
                       print_address(running.address)};
    status.bulk_standing = running.bulk.standing;
    if (running.bulk.room != nullptr) status.bulk = running.bulk.room->figures();
    return write(status_json(status));
  }
  if (question == "stored") return answer_stored(running, Ciphertext::kLeftOut, write);
  if (question == "stored ciphertext") return answer_stored(running, Ciphertext::kIncluded, write);
  return write("{\"error\": \"unknown question\"}\n");
}

// BLB-1.6
void go_on_without_bulk(const Running& running, BulkThreads& bulk) {
  running.store.close_bulk();
  bulk.end();
  log_event(RelayEvent::kBulkDown);
}

// Until a signal says stop, or a part ends by itself without which there is no relay.
Status attend(const Running& running, int part_ended, BulkThreads& bulk,
              const ControlServer* control) {
  while (true) {
    std::array<pollfd, 4> fds{pollfd{running.stop, POLLIN, 0}, pollfd{part_ended, POLLIN, 0},
                              pollfd{control != nullptr ? control->fd() : -1, POLLIN, 0},
                              pollfd{bulk.ended_fd(), POLLIN, 0}};
    if (::poll(fds.data(), fds.size(), -1) < 0) {
      if (errno == EINTR) continue;
      return fail(kRelaySystemFault, "poll", errno);
    }
    if (fds[0].revents != 0 || fds[1].revents != 0) return {};
    if (fds[3].revents != 0) go_on_without_bulk(running, bulk);
    if (fds[2].revents != 0)
      control->serve_one([&running](std::string_view question, const ControlServer::Write& write) {
        return answer(running, question, write);
      });
  }
}

// All parts up, until told to stop; first the store, so that what it answered can still leave.
Said<void> serve(const Running& running, const ControlServer* control) {
  const Result<Wake> ended = Wake::create();
  const Result<Wake> stop_edge = Wake::create();
  if (!ended.has_value()) return std::unexpected(start_complaint(ended.error()));
  if (!stop_edge.has_value()) return std::unexpected(start_complaint(stop_edge.error()));
  Part store(RelayEvent::kStoreFailed, *ended);
  Part edge(RelayEvent::kEdgeFailed, *ended);
  const Result<std::unique_ptr<BulkThreads>> bulk = BulkThreads::start(running.bulk);
  if (!bulk.has_value()) return std::unexpected(start_complaint(bulk.error()));
  store.start([&running] { return running.store.run(); });
  edge.start([&running, fd = stop_edge->fd()] { return running.edge.run(fd); });

  std::printf("%s\n", print_address(running.address).c_str());
  std::fflush(stdout);
  log_event(RelayEvent::kReady, {{RelayField::kPort, running.edge.endpoint().port},
                                 {RelayField::kConnectionBudget,
                                  static_cast<std::int64_t>(running.connection_budget)}});
  notify_manager("READY=1");
  const Status attended = attend(running, ended->fd(), **bulk, control);
  notify_manager("STOPPING=1");
  log_event(RelayEvent::kStopping);

  running.store.stop();
  store.join();
  stop_edge->ring();
  edge.join();
  (*bulk)->end();
  log_event(RelayEvent::kStopped);
  for (const Part* part : {&store, &edge}) {
    if (part->failure())
      return complain(Exit::kFailed, "the relay ended: " + in_words(*part->failure()),
                      "the service manager starts it again; nothing accepted is lost");
  }
  if (!attended.has_value()) return std::unexpected(start_complaint(attended.error()));
  return {};
}

struct BulkOptions {
  const RelayConfig& config;
  const RelayKeys& keys;
  Durability durability = Durability::kDurable;
  const std::optional<AccessKey>& password;
};

Said<Bulk> open_bulk(const BulkOptions& options) {
  const RelayConfig& config = options.config;
  Result<BoundaryPipe> pipe = make_boundary_pipe(Crossing::kBulk);
  if (!pipe.has_value()) return std::unexpected(start_complaint(pipe.error()));
  const edge::EdgeOptions listening{.listen = config.bulk_listen,
                                    .connection_budget = kBulkConnections,
                                    .plane = edge::kBulkPlane};
  auto edge = edge::Edge::create(listening, options.keys.curve, std::move(pipe->edge));
  if (!edge.has_value()) return std::unexpected(edge_complaint(edge.error(), config.bulk_listen));
  const std::optional<Notice> notice = TRY(closing_notice(config));
  std::unique_ptr<BulkRoom> room = TRY(BulkRoom::create(
      {config, options.keys, options.durability, options.password->duplicate(), notice},
      std::move(pipe->store)));
  return Bulk{BulkStanding::kUp, std::move(*edge), std::move(room)};
}

// BLB-1.6: loudly, but never instead of the alerts.
Bulk bulk_or_none(const BulkOptions& options) {
  if (!options.config.has_bulk()) return {};
  Said<Bulk> bulk = open_bulk(options);
  if (bulk.has_value()) return std::move(*bulk);
  bulk.error().error += " (the relay runs without its bulk plane)";
  print(bulk.error());
  log_event(RelayEvent::kBulkDown);
  return {.standing = BulkStanding::kDown};
}

}  // namespace

Said<RelayAddress> address_of(const RelayConfig& config, const RelayKeys& keys,
                              const edge::Endpoint& listening) {
  RelayAddress address{keys.curve_public, store_pin_of(keys.store_public), config.public_host,
                       config.public_port};
  if (address.host.empty()) {
    address.host = listening.host;
    address.port = listening.port;
  }
  const bool everywhere = address.host == "0.0.0.0" || address.host == "::";
  if (everywhere || address.port == 0 || !check_host(address.host).has_value())
    return complain(Exit::kConfig, "the relay's address is open: clients need a host and a port",
                    "set public = \"relay.example.org:7700\" in the configuration");
  return address;
}

Said<void> run_relay(const RelayConfig& config, RelayKeys keys, Keeping keeping) {
  const auto start = [](auto result) -> Said<typename decltype(result)::value_type> {
    if (!result.has_value()) return std::unexpected(start_complaint(result.error()));
    return std::move(*result);
  };
  const FileDescriptor stop = TRY(start(block_stop_signals()));
  const std::uint64_t memory = memory_limit();
  const std::uint64_t descriptors = TRY(start(descriptor_limit()));
  const std::size_t bulk_lines = config.has_bulk() ? kBulkConnections : 0;
  const std::size_t by_machine = edge::connection_budget({memory, descriptors, bulk_lines});
  const std::size_t budget = config.connections > 0 ? config.connections : by_machine;
  if (budget + bulk_lines + edge::kReservedDescriptors > descriptors)
    return complain(Exit::kConfig,
                    "connections = " + std::to_string(budget) + " is more than the " +
                        std::to_string(descriptors) + " descriptors this process may open",
                    "lower it, or raise LimitNOFILE of the service");
  log_event(RelayEvent::kStarting,
            {{RelayField::kMemoryMiB, static_cast<std::int64_t>(memory >> 20)}});

  std::unique_ptr<Store> store;
  std::optional<ControlServer> control;
  std::optional<FileLock> lock;
  if (keeping == Keeping::kDurable) {
    Result<FileLock> locked = FileLock::acquire(config.lock_file());
    if (!locked.has_value()) {
      if (locked.error().code == kLocked)
        return complain(Exit::kRunning, "another process runs this relay",
                        "ask it with `tocsin-relay status`, or stop it first");
      return std::unexpected(start_complaint(locked.error()));
    }
    lock.emplace(std::move(*locked));
    store = TRY(open_store(config, keys));
    control.emplace(TRY(start(ControlServer::create(config.control_socket()))));
  } else {
    store = std::make_unique<MemoryStore>();
  }

  BoundaryPipe pipe = TRY(start(make_boundary_pipe()));
  edge::EdgeOptions options;
  options.listen = config.listen;
  options.connection_budget = budget;
  Result<std::unique_ptr<edge::Edge>> edge =
      edge::Edge::create(options, keys.curve, std::move(pipe.edge));
  if (!edge.has_value()) return std::unexpected(edge_complaint(edge.error(), config.listen));
  const RelayAddress address = TRY(address_of(config, keys, (*edge)->endpoint()));
  const Durability durability =
      keeping == Keeping::kDurable ? Durability::kDurable : Durability::kEphemeral;
  std::optional<AccessKey> password = TRY(password_key(config, keys));
  Bulk bulk = bulk_or_none({config, keys, durability, password});
  const std::uint16_t bulk_port = bulk.edge == nullptr    ? std::uint16_t{0}
                                  : config.bulk_port != 0 ? config.bulk_port
                                                          : bulk.edge->endpoint().port;
  const std::unique_ptr<StoreRoom> room =
      TRY(StoreRoom::create({config, keys, durability, bulk_port, std::move(password)},
                            std::move(store), std::move(pipe.store)));
  return serve({config, address, budget, **edge, *room, bulk, stop.get()},
               control ? &*control : nullptr);
}

}  // namespace tocsin::ops

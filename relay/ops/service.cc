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

// The second port, when there is one.
struct Bulk {
  std::unique_ptr<edge::Edge> edge;
  std::unique_ptr<BulkRoom> room;
  StoreEnd end;  // of the pipe to its edge, until the room takes it
};

struct Running {
  const RelayConfig& config;
  RelayAddress address;
  std::size_t connection_budget;
  edge::Edge& edge;
  StoreRoom& store;
  const Bulk* bulk;
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
  for (bool more = running.bulk != nullptr; more;) {
    std::string lines;
    more = TRY(running.bulk->room->list_more(blob, lines));
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
    if (running.bulk != nullptr) status.bulk = running.bulk->room->figures();
    return write(status_json(status));
  }
  if (question == "stored") return answer_stored(running, Ciphertext::kLeftOut, write);
  if (question == "stored ciphertext") return answer_stored(running, Ciphertext::kIncluded, write);
  return write("{\"error\": \"unknown question\"}\n");
}

// Until a signal says stop, or a part ends by itself.
Status attend(const Running& running, int part_ended, const ControlServer* control) {
  while (true) {
    std::array<pollfd, 3> fds{pollfd{running.stop, POLLIN, 0}, pollfd{part_ended, POLLIN, 0},
                              pollfd{control != nullptr ? control->fd() : -1, POLLIN, 0}};
    if (::poll(fds.data(), fds.size(), -1) < 0) {
      if (errno == EINTR) continue;
      return fail(kRelaySystemFault, "poll", errno);
    }
    if (fds[0].revents != 0 || fds[1].revents != 0) return {};
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
  Part blobs(RelayEvent::kStoreFailed, *ended);
  Part bulk_edge(RelayEvent::kEdgeFailed, *ended);
  store.start([&running] { return running.store.run(); });
  edge.start([&running, fd = stop_edge->fd()] { return running.edge.run(fd); });
  if (running.bulk != nullptr) {
    blobs.start([&running] { return running.bulk->room->run(); });
    bulk_edge.start([&running, fd = stop_edge->fd()] { return running.bulk->edge->run(fd); });
  }

  std::printf("%s\n", print_address(running.address).c_str());
  std::fflush(stdout);
  log_event(RelayEvent::kReady, {{RelayField::kPort, running.edge.endpoint().port},
                                 {RelayField::kConnectionBudget,
                                  static_cast<std::int64_t>(running.connection_budget)}});
  notify_manager("READY=1");
  const Status attended = attend(running, ended->fd(), control);
  notify_manager("STOPPING=1");
  log_event(RelayEvent::kStopping);

  running.store.stop();
  if (running.bulk != nullptr) running.bulk->room->stop();
  store.join();
  blobs.join();
  stop_edge->ring();
  edge.join();
  bulk_edge.join();
  log_event(RelayEvent::kStopped);
  for (const Part* part : {&store, &edge, &blobs, &bulk_edge}) {
    if (part->failure())
      return complain(Exit::kFailed, "the relay ended: " + in_words(*part->failure()),
                      "the service manager starts it again; nothing accepted is lost");
  }
  if (!attended.has_value()) return std::unexpected(start_complaint(attended.error()));
  return {};
}

// The second port, listening; its room comes when the first one's is known to open.
Said<Bulk> listen_for_bulk(const RelayConfig& config, const RelayKeys& keys) {
  Result<BoundaryPipe> pipe = make_boundary_pipe(Crossing::kBulk);
  if (!pipe.has_value()) return std::unexpected(start_complaint(pipe.error()));
  edge::EdgeOptions options;
  options.listen = config.bulk_listen;
  options.connection_budget = edge::kBulkConnections;
  options.plane = edge::kBulkPlane;
  auto edge = edge::Edge::create(options, keys.curve, std::move(pipe->edge));
  if (!edge.has_value()) return std::unexpected(edge_complaint(edge.error(), config.bulk_listen));
  return Bulk{std::move(*edge), nullptr, std::move(pipe->store)};
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
  const std::size_t by_machine = edge::connection_budget({memory, descriptors});
  const std::size_t budget = config.connections > 0 ? config.connections : by_machine;
  if (budget + edge::kReservedDescriptors > descriptors)
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
  std::optional<Bulk> bulk;
  if (config.has_bulk()) {
    bulk.emplace(TRY(listen_for_bulk(config, keys)));
    const std::optional<Notice> notice = TRY(closing_notice(config));
    bulk->room = TRY(BulkRoom::create({config, keys, durability, password->duplicate(), notice},
                                      std::move(bulk->end)));
  }
  const std::uint16_t bulk_port = !bulk.has_value()       ? std::uint16_t{0}
                                  : config.bulk_port != 0 ? config.bulk_port
                                                          : bulk->edge->endpoint().port;
  const std::unique_ptr<StoreRoom> room =
      TRY(StoreRoom::create({config, keys, durability, bulk_port, std::move(password)},
                            std::move(store), std::move(pipe.store)));
  return serve({config, address, budget, **edge, *room, bulk ? &*bulk : nullptr, stop.get()},
               control ? &*control : nullptr);
}

}  // namespace tocsin::ops

#include "client/evidence/blob_line.h"

#include <array>

#include "client/codes.h"

namespace tocsin::evidence {
namespace {

// A job without progress for so long gives the mover to others; and one that gets on, for so long.
constexpr net::Milliseconds kPatience = 90'000;
constexpr net::Milliseconds kLongestTurn = 600'000;
constexpr net::Milliseconds kTurn = 200;
// Before a command that a relay was too busy for is repeated.
constexpr net::Milliseconds kBusyPause = 1'000;
constexpr std::size_t kCredentialBytes = 16;

// Through a proxy every job has a circuit of its own (WIR-12).
net::Destination destination_of(const LineParts& parts, const RelayAddress& relay) {
  net::Destination destination{.relay = relay, .proxy = parts.proxy};
  if (destination.proxy.has_value() && !destination.proxy->credentials.has_value()) {
    Bytes user(kCredentialBytes);
    parts.rng.fill(user);
    destination.proxy->credentials = net::Proxy::Credentials{to_hex(user), "tocsin"};
  }
  return destination;
}

Result<std::uint16_t> bulk_port_of(const LineParts& parts, const RelayAddress& relay) {
  net::DepositConnection cells(parts.context, destination_of(parts, relay), parts.rng);
  std::array<net::Connection*, 1> all{&cells};
  const net::Milliseconds until = net::steady_now() + kPatience;
  while (net::steady_now() < until && !parts.stop.load()) {
    static_cast<void>(cells.step(net::steady_now()));
    if (cells.ready()) {
      if (cells.welcome()->bulk_port == 0) return fail(kNoBulkPlane, "relay");
      return cells.welcome()->bulk_port;
    }
    net::Sleep sleep{.longest = kTurn};
    TRY(net::wait(all, sleep));
  }
  if (parts.stop.load()) return std::uint16_t{0};
  return fail(kNoRelay, "relay of evidence");
}

}  // namespace

Result<std::unique_ptr<BlobLine>> BlobLine::connect(const LineParts& parts,
                                                    const RelayAddress& relay) {
  RelayAddress bulk = relay;
  bulk.port = TRY(bulk_port_of(parts, relay));
  return std::unique_ptr<BlobLine>(new BlobLine(parts, destination_of(parts, bulk)));
}

Result<std::vector<net::NetEvent>> BlobLine::turn(net::Milliseconds longest) {
  std::vector<net::NetEvent> events = connection_.step(net::steady_now());
  if (events.empty()) {
    std::array<net::Connection*, 1> all{&connection_};
    net::Sleep sleep{.longest = longest};
    TRY(net::wait(all, sleep));
    events = connection_.step(net::steady_now());
  }
  if (net::steady_now() - progress_at_ > kPatience) return fail(kNoRelay, "relay of evidence");
  return events;
}

bool BlobLine::is_turn_over() const { return net::steady_now() - begun_at_ > kLongestTurn; }

Result<std::optional<Reply>> BlobLine::ask(const BulkCommand& command,
                                           const net::Authorise& authorise) {
  std::optional<RequestId> asked;
  net::Milliseconds not_before = 0;
  while (!stopped()) {
    if (ready() && !asked.has_value() && net::steady_now() >= not_before)
      asked = TRY(connection_.request(command, authorise));
    const std::vector<net::NetEvent> events = TRY(turn(kTurn));
    for (const net::NetEvent& event : events) {
      if (std::holds_alternative<net::Lost>(event)) asked.reset();
      const auto* reply = std::get_if<Reply>(&event);
      if (reply == nullptr || !asked.has_value() || reply->id != *asked) continue;
      if (reply->answer != Answer::kBusy) {
        note_progress();
        return std::optional(*reply);
      }
      asked.reset();
      not_before = net::steady_now() + kBusyPause;
    }
  }
  return std::optional<Reply>();
}

}  // namespace tocsin::evidence

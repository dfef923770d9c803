#include "client/net/network_port.h"

#include <algorithm>

#include "client/net/calls.h"
#include "crypto/box/agree.h"
#include "protocol/board/record.h"

namespace tocsin::net {
namespace {

// How long one call waits for a relay before it counts as not reached.
constexpr Milliseconds kReachMs = 25'000;
constexpr Milliseconds kOnionReachMs = 65'000;
// How long one call waits for lines that are being dialled and for answers: everybody else waits
// meanwhile. What has not left then is tried again later, when the line is probably there.
constexpr Milliseconds kDepositWaitMs = 2'000;
// A line that owes an answer for so long is given up, even if it answers pings.
constexpr Milliseconds kDepositAnswerMs = 20'000;
// A depositing connection is kept this long after its last use.
constexpr Milliseconds kDepositorIdleMs = 30'000;
constexpr std::size_t kCredentialBytes = 16;

bool is_onion(const RelayAddress& relay) { return relay.host.ends_with(".onion"); }
Milliseconds reach_of(const RelayAddress& relay) {
  return is_onion(relay) ? kOnionReachMs : kReachMs;
}

Status ok_or_refused(const Result<Reply>& reply, const char* where) {
  if (!reply.has_value()) return fail(reply.error());
  if (reply->answer != Answer::kOk)
    return fail(kRelayRefused, where, static_cast<std::int64_t>(reply->answer));
  return {};
}

OwnerKeys owner_keys(const OwnerSecret& secret) {
  OwnerKeys keys{{}, secret};
  x25519_public_of(secret.expose(kExpose), keys.public_key.mutable_view());
  return keys;
}

}  // namespace

Result<std::unique_ptr<NetworkPort>> NetworkPort::create(NetworkParts parts) {
  ZmqContext context = TRY(ZmqContext::create());
  return std::unique_ptr<NetworkPort>(new NetworkPort(std::move(parts), std::move(context)));
}

NetworkPort::NetworkPort(NetworkParts parts, ZmqContext context)
    : parts_(std::move(parts)), context_(std::move(context)), lanes_(parts_.rng) {}

// Through a proxy every destination gets credentials of its own: another circuit.
Destination NetworkPort::destination(const RelayAddress& relay) {
  Destination destination{.relay = relay, .proxy = parts_.proxy};
  if (destination.proxy.has_value() && !destination.proxy->credentials.has_value()) {
    Bytes user(kCredentialBytes);
    parts_.rng.fill(user);
    destination.proxy->credentials = Proxy::Credentials{to_hex(user), "tocsin"};
  }
  return destination;
}

// One question over a fresh connection that is dropped afterwards.
template <class Kind, class Ask>
Result<Reply> NetworkPort::once(const RelayRow& relay, Ask&& ask) {
  Kind connection(context_, destination(relay.address), parts_.rng);
  Connection* const one[] = {&connection};
  const Milliseconds deadline = steady_now() + reach_of(relay.address);
  std::optional<RequestId> asked;
  Error last{kNoRelay, "relay not reached", 0};
  for (Milliseconds now = steady_now(); now < deadline; now = steady_now()) {
    for (const NetEvent& event : connection.step(now)) {
      if (const auto* lost = std::get_if<Lost>(&event)) {
        // Asked and not answered: the relay may have done it, so the caller decides what to do.
        if (asked.has_value()) return fail(kNoRelay, "relay gone before its answer");
        if (lost->why.code == kWrongStore || lost->why.code == kNetHandshake ||
            lost->why.code == kOnionWithoutTor)
          return fail(lost->why);
        last = {kNoRelay, lost->why.where, lost->why.detail};
      }
      const auto* reply = std::get_if<Reply>(&event);
      if (reply != nullptr && asked == reply->id) return *reply;
    }
    if (connection.ready() && !asked.has_value()) asked = TRY(ask(connection));
    Sleep sleep{.longest = std::clamp<Milliseconds>(
                    std::min(connection.due(), deadline) - steady_now(), 0, 1'000)};
    TRY(wait(one, sleep));
  }
  return fail(last);
}

Result<Welcome> NetworkPort::welcome(const RelayRow& relay) {
  std::optional<Welcome> welcome;
  const Result<Reply> reply = once<ReadingConnection>(relay, [&](ReadingConnection& connection) {
    welcome = connection.welcome();
    return connection.request(GetBoard{});  // any answer shows that the store behind it lives
  });
  if (!reply.has_value()) return fail(reply.error());
  return *welcome;
}

Result<CreatedMailbox> NetworkPort::create_mailbox(const RelayRow& relay,
                                                   const MailboxOrder& order) {
  const CreateMailbox command{order.owner, order.mailbox_class, max_quota(order.mailbox_class)};
  const Result<Reply> reply = once<ReadingConnection>(relay, [&](ReadingConnection& connection) {
    return connection.request(command,
                              as_new_owner({order.owner, order.owner_secret}, relay.password));
  });
  TRY(ok_or_refused(reply, "new mailbox"));
  return decode_created(reply->body);
}

Status NetworkPort::delete_mailbox(const RelayRow& relay, const OwnMailbox& mailbox) {
  return ok_or_refused(once<ReadingConnection>(relay,
                                               [&](ReadingConnection& connection) {
                                                 return connection.request(
                                                     DeleteMailbox{mailbox.read_id},
                                                     as_owner(owner_keys(mailbox.owner_secret)));
                                               }),
                       "delete mailbox");
}

Status NetworkPort::put_board(const RelayRow& relay, BytesView record) {
  return ok_or_refused(once<ReadingConnection>(relay,
                                               [&](ReadingConnection& connection) {
                                                 return connection.request(
                                                     PutBoard{to_bytes(record)},
                                                     as_guest(relay.password));
                                               }),
                       "put board");
}

Status NetworkPort::delete_board(const RelayRow& relay, const WriterSecret& writer) {
  // The deletion is signed over the request's own number: on a fresh connection the first, 1.
  constexpr std::uint64_t kFirstRequest = 1;
  return ok_or_refused(
      once<ReadingConnection>(
          relay,
          [&](ReadingConnection& connection) -> Result<RequestId> {
            const Welcome& welcome = *connection.welcome();
            const Signature signature =
                sign_unpublish(writer, {welcome.curve, welcome.nonce, kFirstRequest});
            return connection.request(DeleteBoard{writer_public_of(writer), signature});
          }),
      "delete board");
}

Result<Bytes> NetworkPort::get_board(const RelayRow& relay, const BoardId& board) {
  const Result<Reply> reply = once<DepositConnection>(
      relay, [&](DepositConnection& connection) { return connection.request(GetBoard{board}); });
  // No record, or one past its last day (BRD-3.4): nothing stands there.
  if (reply.has_value() && (reply->answer == Answer::kRefused || reply->answer == Answer::kExpired))
    return Bytes{};
  TRY(ok_or_refused(reply, "get board"));
  return reply->body;
}

void NetworkPort::watch(std::span<const RelayRow> relays, std::span<const OwnMailbox> mailboxes) {
  parts_.proxy.has_value() ? watch_by_lane(relays, mailboxes) : watch_in_bulk(relays, mailboxes);
}

// Without a proxy the relay sees by address who reads: several connections only serve its limit.
void NetworkPort::watch_in_bulk(std::span<const RelayRow> relays,
                                std::span<const OwnMailbox> mailboxes) {
  for (const RelayRow& relay : relays) {
    const std::string address = print_address(relay.address);
    std::vector<const OwnMailbox*> here;
    for (const OwnMailbox& mailbox : mailboxes) {
      if (mailbox.relay == relay.id) here.push_back(&mailbox);
    }
    if (here.empty()) {
      // The last mailbox there is gone: nobody is to be dialled for it.
      std::erase_if(readers_, [&](const auto& entry) { return entry.first.first == address; });
      continue;
    }
    std::vector<Reader*> readers;
    while (readers.size() * kMailboxesPerReader < here.size() ||
           readers_.contains({address, static_cast<std::int64_t>(readers.size())})) {
      auto& reader = readers_[{address, static_cast<std::int64_t>(readers.size())}];
      if (!reader)
        reader = std::make_unique<Reader>(context_, destination(relay.address), parts_.rng);
      readers.push_back(reader.get());
    }
    std::vector<std::vector<OwnMailbox>> shares(readers.size());
    for (const OwnMailbox* mailbox : here) {
      shares[static_cast<std::size_t>(mailbox->id.value) % readers.size()].push_back(
          mailbox->duplicate());
    }
    for (std::size_t i = 0; i < readers.size(); ++i) readers[i]->watch(std::move(shares[i]));
  }
}

void NetworkPort::watch_by_lane(std::span<const RelayRow> relays,
                                std::span<const OwnMailbox> mailboxes) {
  watched_.clear();
  std::vector<MailboxId> ids;
  for (const OwnMailbox& mailbox : mailboxes) {
    const auto relay = std::ranges::find(relays, mailbox.relay, &RelayRow::id);
    if (relay == relays.end()) continue;
    watched_.emplace(mailbox.id, Watched{mailbox.duplicate(), relay->address});
    ids.push_back(mailbox.id);
  }
  const Milliseconds now = steady_now();
  lanes_.watch(ids, standing_mailboxes(mailboxes, parts_.clock().hour()), now);
  arrange_lanes(now);
}

void NetworkPort::arrange_lanes(Milliseconds now) {
  if (!parts_.proxy.has_value()) return;
  lanes_.step(now);
  std::set<MailboxId> open;
  for (const MailboxId mailbox : lanes_.open()) open.insert(mailbox);
  std::erase_if(readers_, [&](const auto& entry) { return !open.contains({entry.first.second}); });
  for (const MailboxId mailbox : open) {
    const Watched& watched = watched_.at(mailbox);
    auto& reader = readers_[{print_address(watched.relay), mailbox.value}];
    if (reader) continue;
    reader = std::make_unique<Reader>(context_, destination(watched.relay), parts_.rng);
    std::vector<OwnMailbox> alone;
    alone.push_back(watched.mailbox.duplicate());
    reader->watch(std::move(alone));
  }
}

void NetworkPort::step_readers(Milliseconds now, std::vector<Delivery>& deliveries) {
  for (auto& [key, reader] : readers_) {
    ReaderOutcome outcome = reader->step(now);
    std::move(outcome.deliveries.begin(), outcome.deliveries.end(), std::back_inserter(deliveries));
    superseded_.insert(superseded_.end(), outcome.superseded.begin(), outcome.superseded.end());
    if (!parts_.proxy.has_value()) continue;
    if (outcome.lost) lanes_.on_lost({key.second}, now);
    if (reader->listening()) lanes_.on_heard({key.second});
    if (reader->drained(now)) lanes_.on_read({key.second});
  }
}

std::vector<Delivery> NetworkPort::receive(Instant until) {
  std::vector<Delivery> deliveries = std::exchange(early_, {});
  const Milliseconds deadline =
      steady_now() + std::max<std::int64_t>(0, until.milliseconds - parts_.clock().milliseconds);
  for (bool first = true;; first = false) {
    const Milliseconds now = steady_now();
    arrange_lanes(now);
    step_readers(now, deliveries);
    step_depositors(now);
    drop_depositors(now);
    if (!deliveries.empty() || !answered_.empty() || (now >= deadline && !first)) return deliveries;
    if (now >= deadline) continue;
    std::vector<Connection*> connections;
    Milliseconds due = std::min(deadline, lanes_.due());
    for (auto& [key, reader] : readers_) {
      connections.push_back(&reader->connection());
      due = std::min(due, reader->due());
    }
    for (auto& [key, depositor] : depositors_) {
      connections.push_back(&depositor->connection);
      due = std::min(due, depositor->connection.due());
    }
    Sleep sleep{.longest = std::clamp<Milliseconds>(due - steady_now(), 0, 1'000),
                .descriptors = wakeups_};
    if (!wait(connections, sleep).has_value() || !sleep.readable.empty()) return deliveries;
  }
}

std::vector<MailboxId> NetworkPort::unheard() const {
  if (parts_.proxy.has_value()) return lanes_.unread();
  std::vector<MailboxId> unheard;
  for (const auto& [key, reader] : readers_) {
    if (reader->listening()) continue;
    const std::vector<MailboxId> boxes = reader->mailboxes();
    unheard.insert(unheard.end(), boxes.begin(), boxes.end());
  }
  return unheard;
}

void NetworkPort::ask_all() { lanes_.visit_all(steady_now()); }

void NetworkPort::acknowledge(MailboxId mailbox, Sequence through) {
  for (auto& [key, reader] : readers_) {
    if (reader->reads(mailbox)) reader->acknowledge(mailbox, through);
  }
}

void NetworkPort::settle(Instant until) {
  const Milliseconds deadline =
      steady_now() + std::max<std::int64_t>(0, until.milliseconds - parts_.clock().milliseconds);
  for (auto& [key, reader] : readers_) reader->flush();
  while (steady_now() < deadline) {
    step_readers(steady_now(), early_);
    std::vector<Connection*> open;
    for (auto& [key, reader] : readers_) {
      if (!reader->settled() && reader->connection().ready()) open.push_back(&reader->connection());
    }
    if (open.empty()) return;
    Sleep sleep{.longest = std::clamp<Milliseconds>(deadline - steady_now(), 0, 100)};
    if (!wait(open, sleep).has_value()) return;
  }
}

// Without a proxy one depositing connection per relay; with one, each contact has its own circuit.
NetworkPort::Depositor& NetworkPort::depositor(const DepositOrder& order) {
  const std::int64_t contact = parts_.proxy.has_value() ? order.contact.value : 0;
  auto& place = depositors_[{print_address(order.target.relay), contact}];
  if (!place) {
    place = std::make_unique<Depositor>(Depositor{
        DepositConnection(context_, destination(order.target.relay), parts_.rng), steady_now()});
  }
  return *place;
}

// Hears answers, keeps the lines alive.
void NetworkPort::step_depositors(Milliseconds now) {
  for (auto& [key, depositor] : depositors_) {
    for (const NetEvent& event : depositor->connection.step(now)) {
      if (std::holds_alternative<Lost>(event)) depositor->open.clear();
      const auto* reply = std::get_if<Reply>(&event);
      if (reply == nullptr) continue;
      const auto open = depositor->open.extract(reply->id);
      if (open.empty()) continue;
      // Not for a part: or it could answer one and swallow the next, at a wait each.
      if (depositor->open.empty()) depositor->silent = false;
      answered_.push_back({open.mapped().copy, deposit_answer(reply->answer)});
    }
  }
}

// Lines that nobody needs, and those that owe an answer for too long.
void NetworkPort::drop_depositors(Milliseconds now) {
  std::erase_if(depositors_, [now](const auto& entry) {
    const Depositor& depositor = *entry.second;
    return depositor.open.empty() ? now - depositor.used > kDepositorIdleMs
                                  : now - depositor.open.begin()->second.since > kDepositAnswerMs;
  });
}

std::vector<Deposited> NetworkPort::deposit(std::span<const DepositOrder> orders) {
  struct Unsent {
    Depositor* depositor;
    const DepositOrder* order;
  };
  const Milliseconds begun = steady_now();
  drop_depositors(begun);
  std::vector<Unsent> unsent;
  std::set<Depositor*> awaited;
  for (const DepositOrder& order : orders) {
    Depositor& place = depositor(order);
    place.used = begun;
    if (!place.silent) awaited.insert(&place);
    // One that is still open on this line is not sent a second time: its answer may come yet.
    const bool open = std::ranges::any_of(
        place.open, [&](const auto& entry) { return entry.second.copy == order.copy; });
    if (!open) unsent.push_back({&place, &order});
  }
  for (Milliseconds now = begun;; now = steady_now()) {
    step_depositors(now);
    std::erase_if(unsent, [now](const Unsent& one) {
      if (!one.depositor->connection.ready()) return false;
      const Result<RequestId> id = one.depositor->connection.request(
          Deposit{one.order->target.drop, to_bytes(one.order->envelope.view())});
      if (id.has_value()) one.depositor->open[*id] = {one.order->copy, now};
      return id.has_value();
    });
    std::erase_if(awaited, [&](const Depositor* each) {
      return each->open.empty() &&
             std::ranges::find(unsent, each, &Unsent::depositor) == unsent.end();
    });
    if (awaited.empty() || now - begun >= kDepositWaitMs) break;
    std::vector<Connection*> connections;
    connections.reserve(depositors_.size());
    for (auto& [key, depositor] : depositors_) connections.push_back(&depositor->connection);
    Sleep sleep{.longest = 50};
    if (!wait(connections, sleep).has_value()) break;
  }
  for (Depositor* each : awaited) each->silent = true;
  step_depositors(steady_now());  // what those were asked that nobody waits for leaves
  std::vector<Deposited> known = std::exchange(answered_, {});
  for (const DepositOrder& order : orders) {
    if (std::ranges::find(known, order.copy, &Deposited::copy) == known.end())
      known.push_back({order.copy, DepositAnswer::kNoAnswer});
  }
  return known;
}

std::optional<Day> NetworkPort::rough_day() const {
  std::optional<Day> earliest;
  for (const auto& [key, reader] : readers_) {
    const std::optional<Welcome>& welcome = reader->connection().welcome();
    if (welcome.has_value() && (!earliest.has_value() || welcome->rough_day < *earliest))
      earliest = welcome->rough_day;
  }
  return earliest;
}

std::vector<MailboxId> NetworkPort::superseded() { return std::exchange(superseded_, {}); }

}  // namespace tocsin::net

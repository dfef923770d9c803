#include "client/net/connection.h"

#include <algorithm>
#include <cerrno>
#include <chrono>

namespace tocsin::net {

namespace {

// Which rule of the protocol a relay broke: the detail of net_bad_relay.
enum BadRelay : std::int64_t {
  kUndecodable = 1,
  kNotAWelcome = 2,
  kSecondWelcome = 3,
  kUnaskedReply = 4,
  kClientsWord = 5,  // a hello or requests: only clients say that
  kCallsUsMalformed = 6,
};

std::unexpected<Error> bad_relay(BadRelay rule) { return fail(kNetBadRelay, "relay", rule); }

bool is_onion(const std::string& host) { return host.ends_with(".onion"); }

bool is_standing(const Command& command) {
  return std::holds_alternative<Subscribe>(command) || std::holds_alternative<WatchBoard>(command);
}

}  // namespace

Connection::Connection(const ZmqContext& context, Destination destination, Rng& rng)
    : context_(&context), destination_(std::move(destination)), rng_(&rng) {}

std::vector<NetEvent> Connection::step(Milliseconds now) {
  std::vector<NetEvent> events;
  if (!line_ && now >= dial_at_) {
    if (const Status dialled = dial(now); !dialled.has_value()) lose(dialled.error(), now, events);
  }
  if (!line_) return events;
  Status done = line_->pump();
  if (done.has_value()) done = hear(now, events);
  if (done.has_value()) done = watch(now);
  if (done.has_value()) done = say(now);
  if (!done.has_value()) lose(done.error(), now, events);
  return events;
}

Milliseconds Connection::due() const {
  if (!line_) return dial_at_;
  if (!welcome_) {
    return dialled_at_ + (is_onion(destination_.relay.host) ? kOnionWelcomeMs : kWelcomeMs);
  }
  // A request asked for since the last step leaves with the next one: at once.
  if (!queued_.empty() && cells_.empty() && in_flight_.size() < welcome_->limits.in_flight)
    return 0;
  if (!in_flight_.empty()) return std::min(ping_at_, heard_at_ + kAnswerMs);
  return ping_at_;
}

Status Connection::dial(Milliseconds now) {
  dialled_at_ = now;
  line_.emplace(TRY(Line::dial(*context_, {destination_.relay, destination_.proxy}, *rng_)));
  cells_.push_back(TRY(encode(Hello{{kProtocolVersion}})));
  return {};
}

Status Connection::hear(Milliseconds now, std::vector<NetEvent>& events) {
  for (std::size_t frames = 0; frames < kFramesPerStep; ++frames) {
    const std::optional<Cell> cell = TRY(line_->receive());
    if (!cell) {
      // Only now: the relay's last words were heard.
      const std::optional<Error> broken = TRY(line_->broken());
      if (!broken) return {};
      const std::optional<Cell> last = TRY(line_->receive());
      if (!last) return fail(*broken);
      TRY(hear_cell(*last, now, events));
      continue;
    }
    TRY(hear_cell(*cell, now, events));
  }
  return {};
}

Status Connection::hear_cell(const Cell& cell, Milliseconds now, std::vector<NetEvent>& events) {
  Result<Message> message = decode(cell);
  if (!message.has_value()) return bad_relay(kUndecodable);
  heard_at_ = now;
  if (const auto* welcome = std::get_if<SignedWelcome>(&*message))
    return on_welcome(*welcome, now, events);
  if (std::holds_alternative<Malformed>(*message)) return bad_relay(kCallsUsMalformed);
  if (!welcome_) return bad_relay(kNotAWelcome);
  if (auto* replies = std::get_if<Replies>(&*message))
    return on_replies(std::move(*replies), events);
  if (auto* pushes = std::get_if<Pushes>(&*message)) return on_pushes(std::move(*pushes), events);
  return bad_relay(kClientsWord);
}

Status Connection::on_welcome(const SignedWelcome& signed_welcome, Milliseconds now,
                              std::vector<NetEvent>& events) {
  if (welcome_) return bad_relay(kSecondWelcome);
  welcome_ = TRY(verify_welcome(signed_welcome, destination_.relay));
  ready_since_ = now;
  ping_at_ = now + kPingMs;
  events.push_back(*welcome_);
  return {};
}

Status Connection::on_replies(Replies replies, std::vector<NetEvent>& events) {
  for (Reply& reply : replies.list) {
    const bool answered = in_flight_.erase(reply.id) > 0;
    // A subscription that another connection took over is told so under its own id.
    const bool ended = reply.answer == Answer::kSuperseded && standing_.contains(reply.id);
    if (!answered && !ended) return bad_relay(kUnaskedReply);
    if (pings_.erase(reply.id) > 0) continue;
    if (reply.answer != Answer::kOk) standing_.erase(reply.id);
    events.push_back(std::move(reply));
  }
  return {};
}

Status Connection::on_pushes(Pushes pushes, std::vector<NetEvent>& events) {
  for (Push& push : pushes.list) {
    // What was on its way when a subscription ended is of no use to anyone.
    if (standing_.contains(push.subscription)) events.push_back(std::move(push));
  }
  return {};
}

Status Connection::watch(Milliseconds now) {
  if (!welcome_ && now >= due()) return fail(kNetNoWelcome, "welcome", now - dialled_at_);
  if (welcome_ && !in_flight_.empty() && now - heard_at_ >= kAnswerMs)
    return fail(kNetGone, "answer", now - heard_at_);
  return {};
}

Status Connection::say(Milliseconds now) {
  if (welcome_ && now >= ping_at_ && in_flight_.size() < welcome_->limits.in_flight) {
    last_id_.value += 1;
    pings_.insert(last_id_);
    Bytes command = TRY(encode_command(Ping{}));
    queued_.push_back({.id = last_id_, .command = std::move(command)});
  }
  if (welcome_) {
    const std::size_t room = welcome_->limits.in_flight > in_flight_.size()
                                 ? welcome_->limits.in_flight - in_flight_.size()
                                 : 0;
    std::vector<Request> batch;
    while (batch.size() < room && !queued_.empty() && cells_.empty()) {
      batch.push_back(std::move(queued_.front()));
      queued_.pop_front();
      if (in_flight_.empty()) heard_at_ = now;
      in_flight_.insert(batch.back().id);
    }
    if (!batch.empty()) {
      for (const Cell& cell : TRY(pack(std::move(batch)))) cells_.push_back(cell);
    }
  }
  return send_cells(now);
}

Status Connection::send_cells(Milliseconds now) {
  while (!cells_.empty()) {
    if (!TRY(line_->send(cells_.front()))) return {};
    cells_.pop_front();
    ping_at_ = now + kPingMs - kPingJitterMs +
               rng_->below(static_cast<std::uint32_t>(2 * kPingJitterMs + 1));
  }
  return {};
}

void Connection::lose(Error why, Milliseconds now, std::vector<NetEvent>& events) {
  dial_at_ = pacer_.on_lost(now, ready_since_, *rng_);
  line_.reset();
  welcome_.reset();
  ready_since_ = -1;
  last_id_ = {};
  queued_.clear();
  cells_.clear();
  in_flight_.clear();
  pings_.clear();
  standing_.clear();
  events.push_back(Lost{why, dial_at_});
}

Result<RequestId> Connection::enqueue(const Command& command, const Authorise& authorise) {
  if (!welcome_) return fail(kNetNotReady, "request");
  if (queued_.size() >= kMaxQueued)
    return fail(kNetQueueFull, "request", static_cast<std::int64_t>(queued_.size()));
  Bytes bytes = TRY(encode_command(command));
  Request request{.id = {last_id_.value + 1}, .command = std::move(bytes)};
  if (authorise) {
    Authorisation authorisation = TRY(authorise(*welcome_, request.id, request.command));
    request.tag = authorisation.tag;
    request.access = std::move(authorisation.access);
  }
  if (encoded_size(request) > kCellBytes - kCellOverheadBytes)
    return fail(kTooLarge, "request", static_cast<std::int64_t>(encoded_size(request)));
  last_id_ = request.id;
  if (is_standing(command)) standing_.insert(request.id);
  queued_.push_back(std::move(request));
  return last_id_;
}

Status wait(std::span<Connection* const> connections, Sleep& sleep) {
  std::vector<zmq_pollitem_t> items;
  items.reserve(sleep.descriptors.size() + 4 * connections.size());
  for (const int fd : sleep.descriptors) items.push_back({nullptr, fd, ZMQ_POLLIN, 0});
  Milliseconds until = steady_now() + sleep.longest;
  for (const Connection* connection : connections) {
    until = std::min(until, connection->due());
    if (!connection->line_) continue;
    const short out = connection->cells_.empty() ? 0 : ZMQ_POLLOUT;
    items.push_back({connection->line_->socket(), 0, static_cast<short>(ZMQ_POLLIN | out), 0});
    items.push_back({connection->line_->monitor(), 0, ZMQ_POLLIN, 0});
    for (const Bridge::Watched& end : connection->line_->bridge()) {
      if (end.fd >= 0) items.push_back({nullptr, end.fd, end.events, 0});
    }
  }
  const Milliseconds patience = std::max<Milliseconds>(until - steady_now(), 0);
  sleep.readable.clear();
  if (zmq_poll(items.data(), static_cast<int>(items.size()), static_cast<long>(patience)) < 0) {
    if (zmq_errno() == EINTR) return {};
    return fail(zmq_code(zmq_errno()), "wait", zmq_errno());
  }
  for (std::size_t i = 0; i < sleep.descriptors.size(); ++i) {
    if (items[i].revents != 0) sleep.readable.push_back(sleep.descriptors[i]);
  }
  return {};
}

Milliseconds steady_now() {
  using std::chrono::duration_cast;
  return duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace tocsin::net

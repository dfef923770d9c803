#include "client/net/connection.h"

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "protocol/blob/data_frame.h"

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

Connection::Connection(const ZmqContext& context, Destination destination, Rng& rng, Plane plane)
    : context_(&context), destination_(std::move(destination)), rng_(&rng), plane_(plane) {}

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
  if (!queued_.empty() && frames_.empty() && in_flight_.size() < welcome_->limits.in_flight)
    return 0;
  if (!in_flight_.empty()) return std::min(ping_at_, heard_at_ + kAnswerMs);
  return ping_at_;
}

Status Connection::dial(Milliseconds now) {
  dialled_at_ = now;
  line_.emplace(
      TRY(Line::dial(*context_, {destination_.relay, destination_.proxy, plane_}, *rng_)));
  frames_.push_back(to_bytes(TRY(encode(Hello{{kProtocolVersion}}))));
  return {};
}

Status Connection::hear(Milliseconds now, std::vector<NetEvent>& events) {
  for (std::size_t frames = 0; frames < kFramesPerStep; ++frames) {
    const std::optional<Bytes> frame = TRY(line_->receive());
    if (!frame) {
      // Only now: the relay's last words were heard.
      const std::optional<Error> broken = TRY(line_->broken());
      if (!broken) return {};
      const std::optional<Bytes> last = TRY(line_->receive());
      if (!last) return fail(*broken);
      TRY(hear_frame(*last, now, events));
      continue;
    }
    TRY(hear_frame(*frame, now, events));
  }
  return {};
}

Status Connection::hear_frame(BytesView frame, Milliseconds now, std::vector<NetEvent>& events) {
  if (frame.size() == kDataFrameBytes) {
    heard_at_ = now;
    return on_data(frame, events);
  }
  Result<Message> message = decode(frame);
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

Status Connection::on_data(BytesView frame, std::vector<NetEvent>& events) {
  const Result<GotData> got = decode_got(frame);
  if (!got.has_value()) return bad_relay(kUndecodable);
  if (in_flight_.erase(got->request) == 0 || pings_.contains(got->request))
    return bad_relay(kUnaskedReply);
  events.push_back(GotFrame{got->request, to_bytes(got->stored)});
  return {};
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
    Bytes command = plane_ == Plane::kBulk ? encode_bulk(BulkPing{}) : TRY(encode_command(Ping{}));
    queued_.push_back({{.id = last_id_, .command = std::move(command)}, std::nullopt});
  }
  if (welcome_ && frames_.empty()) TRY(make_frames(now));
  return send_frames(now);
}

// What is queued and may be in flight, in the order of its ids: requests together in cells, a put
// in a frame of its own.
Status Connection::make_frames(Milliseconds now) {
  std::vector<Request> batch;
  const auto pack_batch = [&]() -> Status {
    for (const Cell& cell : TRY(pack(std::exchange(batch, {})))) frames_.push_back(to_bytes(cell));
    return {};
  };
  while (!queued_.empty() && in_flight_.size() < welcome_->limits.in_flight) {
    Queued next = std::move(queued_.front());
    queued_.pop_front();
    if (in_flight_.empty()) heard_at_ = now;
    in_flight_.insert(next.request.id);
    if (!next.stored.has_value()) {
      batch.push_back(std::move(next.request));
      continue;
    }
    TRY(pack_batch());
    frames_.push_back(encode(
        PutData{std::move(next.request), StoredFrame(next.stored->data(), kStoredFrameBytes)}));
  }
  return pack_batch();
}

Status Connection::send_frames(Milliseconds now) {
  while (!frames_.empty()) {
    if (!TRY(line_->send(frames_.front()))) return {};
    frames_.pop_front();
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
  frames_.clear();
  in_flight_.clear();
  pings_.clear();
  standing_.clear();
  events.push_back(Lost{why, dial_at_});
}

Result<RequestId> Connection::enqueue(const Command& command, const Authorise& authorise) {
  const RequestId id = TRY(enqueue_bytes(TRY(encode_command(command)), authorise, std::nullopt));
  if (is_standing(command)) standing_.insert(id);
  return id;
}

Result<RequestId> Connection::enqueue(const BulkCommand& command, const Authorise& authorise,
                                      std::optional<Bytes> stored) {
  const bool is_put = std::holds_alternative<PutFrame>(command);
  if (is_put != stored.has_value() || (is_put && stored->size() != kStoredFrameBytes))
    return fail(kOutOfRange, "stored bytes of a put");
  return enqueue_bytes(encode_bulk(command), authorise, std::move(stored));
}

Result<RequestId> Connection::enqueue_bytes(Bytes command, const Authorise& authorise,
                                            std::optional<Bytes> stored) {
  if (!welcome_) return fail(kNetNotReady, "request");
  if (queued_.size() >= kMaxQueued)
    return fail(kNetQueueFull, "request", static_cast<std::int64_t>(queued_.size()));
  Request request{.id = {last_id_.value + 1}, .command = std::move(command)};
  if (authorise) {
    Authorisation authorisation = TRY(authorise(*welcome_, request.id, request.command));
    request.tag = authorisation.tag;
    request.access = std::move(authorisation.access);
  }
  if (encoded_size(request) > kCellBytes - kCellOverheadBytes)
    return fail(kTooLarge, "request", static_cast<std::int64_t>(encoded_size(request)));
  last_id_ = request.id;
  queued_.push_back({std::move(request), std::move(stored)});
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
    const short out = connection->frames_.empty() ? 0 : ZMQ_POLLOUT;
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

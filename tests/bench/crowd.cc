#include "tests/bench/crowd.h"

#include "crypto/base/codec.h"
#include "crypto/box/agree.h"

namespace tocsin::bench {

namespace {

constexpr std::size_t kDialBurst = 64;  // the relay's backlog takes it
constexpr int kMark = 1'000;            // frames either way and line: this side never refuses one
constexpr double kPatience = 20;        // seconds

// A routing id must not begin with a zero byte.
Bytes name_of(std::size_t line) {
  Writer name;
  name.raw(as_bytes("L")).integer(static_cast<std::uint32_t>(line));
  return to_bytes(name.view());
}

}  // namespace

Crowd::Crowd(const edge::ZmqContext& context, const RelayAddress& relay, std::size_t lines)
    : relay_(relay),
      socket_(must(edge::ZmqSocket::create(context, ZMQ_ROUTER), "crowd")),
      lines_(lines) {
  for (std::size_t line = 0; line < lines; ++line) names_.push_back(name_of(line));
  must(socket_.set(ZMQ_ROUTER_MANDATORY, 1), "crowd");
  must(socket_.set(ZMQ_SNDHWM, kMark), "crowd");
  must(socket_.set(ZMQ_RCVHWM, kMark), "crowd");
  must(socket_.set(ZMQ_CURVE_SERVERKEY, relay_.curve.view()), "crowd");
  for (std::size_t first = 0; first < lines; first += kDialBurst) {
    const std::size_t end = std::min(first + kDialBurst, lines);
    for (std::size_t line = first; line < end; ++line) dial(line);
    std::size_t welcomed = 0;
    for (const auto start = Clock::now(); welcomed < end - first;) {
      wait(*this, *this, std::chrono::milliseconds(100));
      hear([&](std::size_t line, const Message& message) {
        on_welcome(line, message);
        ++welcomed;
      });
      if (seconds_since(start) > kPatience) give_up("no welcome");
    }
  }
}

void Crowd::dial(std::size_t line) {
  // libzmq takes the options as they are when it connects: a fresh key for every line.
  const auto pair = make_x25519_pair<CurvePublic, CurveSecret>(rng_);
  must(socket_.set(ZMQ_CURVE_PUBLICKEY, pair.public_key.view()), "dial");
  must(socket_.set(ZMQ_CURVE_SECRETKEY, pair.secret.expose(kExpose)), "dial");
  must(socket_.set(ZMQ_CONNECT_ROUTING_ID, names_[line]), "dial");
  must(socket_.connect("tcp://" + relay_.host + ":" + std::to_string(relay_.port)), "dial");
  send(line, must(encode(Hello{{kProtocolVersion}}), "hello"));
}

void Crowd::on_welcome(std::size_t line, const Message& message) {
  const auto* signed_welcome = std::get_if<SignedWelcome>(&message);
  if (signed_welcome == nullptr) give_up("the relay does not welcome");
  const Welcome welcome = must(verify_welcome(*signed_welcome, relay_), "welcome");
  lines_[line].facts = SessionFacts{welcome.curve, welcome.session, welcome.nonce};
}

void Crowd::send(std::size_t line, BytesView cell) {
  must(socket_.send(names_[line], ZMQ_SNDMORE), "send");
  must(socket_.send(cell, 0), "send");
  ++frames_;
}

void Crowd::send(std::size_t line, std::vector<Request> requests) {
  for (const Cell& cell : must(pack(std::move(requests)), "requests")) send(line, cell);
}

bool Crowd::receive(std::size_t& line, edge::ZmqMessage& frame) {
  edge::ZmqMessage name;
  if (!socket_.receive(name).has_value()) return false;
  must(socket_.receive(frame), "receive");
  Reader reader(name.view());
  reader.raw(1);
  line = reader.integer<std::uint32_t>();
  if (!reader.ok() || line >= lines_.size() || frame.view().size() != kCellBytes)
    give_up("a frame of another size, or of nobody");
  ++frames_;
  return true;
}

void Crowd::wait(const Crowd& one, const Crowd& other, std::chrono::milliseconds longest) {
  std::array<zmq_pollitem_t, 2> items{
      {{one.socket(), 0, ZMQ_POLLIN, 0}, {other.socket(), 0, ZMQ_POLLIN, 0}}};
  if (zmq_poll(items.data(), static_cast<int>(items.size()), longest.count()) < 0) give_up("poll");
}

}  // namespace tocsin::bench

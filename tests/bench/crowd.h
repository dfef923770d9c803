// tests/bench/crowd.h: many clients of one relay, on one thread.
//
// Shape:   a Crowd is many CURVE connections that share one ROUTER socket of our own (it names each
//          line it dials), so that a thousand of them cost the load generator what one does
//          Line is what a client knows of its connection: facts of the welcome, request ids, room
// Errors:  ends the bench: an answer that is not ok, a cell that does not decode
// Threads: one; libzmq's own
#pragma once

#include <vector>

#include "crypto/base/rng.h"
#include "protocol/mailbox/owner_tag.h"
#include "protocol/wire/cell.h"
#include "protocol/wire/welcome.h"
#include "relay/edge/zmq.h"
#include "tests/bench/figures.h"

namespace tocsin::bench {

struct Line {
  std::optional<SessionFacts> facts;  // from the welcome on
  RequestId last;
  std::uint32_t unanswered = 0;

  RequestId next() {
    ++unanswered;
    return last = {last.value + 1};
  }
  std::uint32_t room() const { return kInFlight - std::min(kInFlight, unanswered); }
};

class Crowd {
 public:
  // Connects and waits for every welcome.
  Crowd(const edge::ZmqContext& context, const RelayAddress& relay, std::size_t lines);

  std::vector<Line>& lines() { return lines_; }
  void* socket() const { return socket_.handle(); }
  // Both ways, so far.
  std::size_t frames() const { return frames_; }

  void send(std::size_t line, BytesView cell);
  // Requests may need several cells.
  void send(std::size_t line, std::vector<Request> requests);
  // Takes in what has arrived, at most `most` frames: on(line number, cell).
  template <class On>
  bool hear_cells(On&& on, std::size_t most = 256) {
    for (std::size_t i = 0; i < most; ++i) {
      std::size_t line = 0;
      edge::ZmqMessage frame;
      if (!receive(line, frame)) return i > 0;
      on(line, frame.view());
    }
    return true;
  }
  // The same, decoded: on(line number, Message&).
  template <class On>
  bool hear(On&& on) {
    return hear_cells([&](std::size_t line, BytesView cell) {
      Message message = must(decode(cell), "a cell of the relay");
      on(line, message);
    });
  }
  // Sleeps until something arrived on either, at most so long.
  static void wait(const Crowd& one, const Crowd& other, std::chrono::milliseconds longest);

 private:
  void dial(std::size_t line);
  void on_welcome(std::size_t line, const Message& message);
  bool receive(std::size_t& line, edge::ZmqMessage& frame);

  RelayAddress relay_;
  SystemRng rng_;
  edge::ZmqSocket socket_;
  std::vector<Line> lines_;
  std::vector<Bytes> names_;  // what our ROUTER calls them
  std::size_t frames_ = 0;
};

}  // namespace tocsin::bench

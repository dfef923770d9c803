// tests/model/model_line.h: one line of a client to the relay: real cells, with faults on the way.
//
// Shape:   dialled and welcomed, or nothing; then requests out, replies and pushes in, until it is
//          down. Down is for good: the caller dials another.
#pragma once

#include "client/net/connection.h"
#include "tests/model/model_relay.h"

namespace tocsin::model {

class ModelLine {
 public:
  // kTrue: cells may be lost, not bent. For the answer to createMailbox, which nothing but the line
  // authenticates: a relay that bends it has simply given no mailbox.
  enum class Bits : std::uint8_t { kMayFlip, kTrue };
  static Result<std::unique_ptr<ModelLine>> dial(ModelRelay& relay, Faults& faults,
                                                 Bits bits = Bits::kMayFlip);
  ModelLine(const ModelLine&) = delete;
  ModelLine& operator=(const ModelLine&) = delete;
  ~ModelLine() { drop(); }

  const Welcome& welcome() const { return welcome_; }
  bool is_up() const { return line_ != 0 && relay_.is_up(line_); }
  bool has_news() const { return line_ != 0 && (!is_up() || relay_.has_cells(line_)); }
  void drop();

  Result<RequestId> request(const Command& command, const net::Authorise& authorise = {});
  struct Heard {
    std::vector<Reply> replies;
    std::vector<Push> pushes;
  };
  // What has arrived; nonsense ends the line, as client/net does it.
  Heard hear();

 private:
  ModelLine(ModelRelay& relay, Faults& faults, Bits bits)
      : relay_(relay), faults_(faults), bits_(bits), line_(relay.open()) {}

  Status say(const Message& message);
  // The way there and the way back have the same accidents.
  std::vector<Bytes> on_the_way(Bytes cell, std::vector<Bytes>& held);

  ModelRelay& relay_;
  Faults& faults_;
  Bits bits_;
  EdgeConnection line_;
  Welcome welcome_;
  RequestId last_id_;
  std::vector<Bytes> held_out_, held_in_;  // overtaken by the next cell
};

}  // namespace tocsin::model

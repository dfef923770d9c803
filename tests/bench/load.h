// tests/bench/load.h: the load on a relay: people who own mailboxes and read them, and people who
// deposit in them.
//
// Shape:   Readers   subscribe, hear pushes, acknowledge at once or later; count what was answered
//          Writers   keep a number of deposits unanswered, or deposit at a given rate
//          Each envelope begins with the time it was due, so that latencies include any queue
// Errors:  ends the bench when an answer is not ok
// Threads: one
#pragma once

#include <deque>
#include <map>

#include "crypto/box/agree.h"
#include "protocol/mailbox/password.h"
#include "protocol/wire/command.h"
#include "tests/bench/crowd.h"
#include "tests/bench/glance.h"

namespace tocsin::bench {

using Nanoseconds = std::chrono::nanoseconds;

struct Mailbox {
  ReadId read;
  DropId drop;
  OwnerPublic owner_public;
  OwnerSecret owner;
};
// Mailbox i is read on line i % lines.
std::vector<Mailbox> create_mailboxes(Crowd& owners, std::size_t count, const AccessKey& access);

// Milliseconds of every cell, gathered while recording.
struct Latencies {
  std::vector<double> delivered;     // due → at the reader
  std::vector<double> acknowledged;  // due → its acknowledgement answered
};

// An acknowledgement, encoded once; read id, sequence and credit are put in their places.
class AckForm {
 public:
  AckForm();
  Bytes fill(const Ack& ack) const;

 private:
  Bytes command_;
  std::size_t read_at_, through_at_, credit_at_;
};

class Readers {
 public:
  Readers(Crowd& crowd, const std::vector<Mailbox>& mailboxes);

  void subscribe();
  // Does everything that can be done now. True when something was.
  bool step(Nanoseconds acknowledge_after);
  std::size_t delivered() const { return delivered_; }
  std::size_t acknowledged() const { return acknowledged_; }
  // Cells arrived and not acknowledged: when the next acknowledgement is due, if any.
  Latencies* recording = nullptr;

 private:
  struct Due {  // one cell
    Clock::time_point at;
    std::size_t mailbox;
    Sequence sequence;
    Clock::time_point deposited;
  };
  struct Pending {  // of one mailbox, in the next acknowledgement
    Sequence through;
    std::vector<Clock::time_point> cells;
  };
  struct Asked {
    RequestId id;
    std::vector<Clock::time_point> cells;  // none: a subscription
  };
  struct Desk {  // one line's
    std::map<std::uint64_t, std::size_t> subscriptions;
    std::deque<Due> later;
    std::map<std::size_t, Pending> pending;
    std::deque<Asked> asked;
  };

  void on_push(std::size_t line, const Glance& push, Nanoseconds acknowledge_after);
  void on_reply(std::size_t line, RequestId id);
  bool acknowledge(std::size_t line);
  Request owned(std::size_t line, std::size_t mailbox, Bytes command);

  Crowd& crowd_;
  const std::vector<Mailbox>& mailboxes_;
  AckForm form_;
  std::vector<OwnerKey> keys_;  // by mailbox, of this connection
  std::vector<Desk> desks_;
  std::size_t delivered_ = 0, acknowledged_ = 0;
};

// A deposit's cell, encoded once; id, drop id and time are put in their places.
class DepositForm {
 public:
  DepositForm();
  const Cell& fill(RequestId id, const DropId& drop, Clock::time_point due);

 private:
  Cell cell_;
  std::size_t id_at_, drop_at_, time_at_;
};
Clock::time_point time_of(BytesView envelope);

class Writers {
 public:
  Writers(Crowd& crowd, const std::vector<Mailbox>& mailboxes)
      : crowd_(crowd), mailboxes_(mailboxes) {}

  bool hear();
  // Deposits until `window` in all are unanswered, at most `most` more.
  bool deposit(std::size_t window, std::size_t most = SIZE_MAX);
  // Deposits what was due until now at this rate since the first call after rest().
  bool deposit_at(double per_second);
  void rest() { pace_start_.reset(); }
  std::size_t sent() const { return sent_; }
  std::size_t answered() const { return answered_; }

 private:
  bool deposit_one(Clock::time_point due, std::uint32_t of_each_line);

  Crowd& crowd_;
  const std::vector<Mailbox>& mailboxes_;
  DepositForm form_;
  std::size_t sent_ = 0, answered_ = 0, next_line_ = 0;
  std::optional<Clock::time_point> pace_start_;
  std::size_t paced_ = 0;
};

}  // namespace tocsin::bench

// client/net/connection.h: a client's standing connection to one relay: dialled, welcomed, watched,
// dialled again.
//
// Spec:    protocol/spec/wire.md WIRE-3 … WIRE-7
// Shape:   in   commands;  out  events: welcomed, replies (each to one request), pushes, frames of
//               blobs (each the answer to one request), lost
// Errors:  net_not_ready, net_queue_full, too_large; what breaks a line is the event Lost
// Threads: one; no thread of its own: step() does what is due and returns, wait() sleeps for many
//
// A connection either reads or deposits, never both, or the relay would learn which two mailboxes
// talk; the role is in the type. After Lost every request without a reply is as if never sent (the
// relay may have done it): the caller asks again, with new ids, on the next welcome.
#pragma once

#include <concepts>
#include <deque>
#include <functional>
#include <set>
#include <span>

#include "client/net/limits.h"
#include "client/net/line.h"
#include "client/net/pacer.h"
#include "protocol/blob/command.h"
#include "protocol/wire/command.h"
#include "protocol/wire/welcome.h"

namespace tocsin::net {

struct Lost {
  Error why;
  Milliseconds dial_at = 0;  // when the next line will be dialled
};
// A stored frame of a blob: the answer to a get.
struct GotFrame {
  RequestId request;
  Bytes stored;  // kStoredFrameBytes
};
using NetEvent = std::variant<Welcome, Reply, Push, GotFrame, Lost>;

// What authorises one request: made when its id is known.
struct Authorisation {
  std::optional<Tag> tag = std::nullopt;
  Bytes access = {};
};
using Authorise =
    std::function<Result<Authorisation>(const Welcome&, RequestId, BytesView command)>;

struct Destination {
  RelayAddress relay;
  std::optional<Proxy> proxy = std::nullopt;
};

class Connection {
 public:
  Connection(const ZmqContext& context, Destination destination, Rng& rng,
             Plane plane = Plane::kCells);

  // Does what is due: dials, says hello, sends what is queued, hears what has arrived.
  std::vector<NetEvent> step(Milliseconds now);
  // When step() has something to do even if nothing arrives.
  Milliseconds due() const;

  bool ready() const { return welcome_.has_value(); }
  // The last verified welcome of the standing line.
  const std::optional<Welcome>& welcome() const { return welcome_; }
  const Destination& destination() const { return destination_; }
  // Requests without a reply.
  std::size_t open_requests() const { return queued_.size() + in_flight_.size(); }

 protected:
  Result<RequestId> enqueue(const Command& command, const Authorise& authorise);
  // On the bulk plane; with a put what it stores.
  Result<RequestId> enqueue(const BulkCommand& command, const Authorise& authorise,
                            std::optional<Bytes> stored = std::nullopt);

 private:
  friend Status wait(std::span<Connection* const> connections, struct Sleep& sleep);

  Status dial(Milliseconds now);
  Status hear(Milliseconds now, std::vector<NetEvent>& events);
  Result<RequestId> enqueue_bytes(Bytes command, const Authorise& authorise,
                                  std::optional<Bytes> stored);
  Status hear_frame(BytesView frame, Milliseconds now, std::vector<NetEvent>& events);
  Status on_data(BytesView frame, std::vector<NetEvent>& events);
  Status on_welcome(const SignedWelcome& welcome, Milliseconds now, std::vector<NetEvent>& events);
  Status on_replies(Replies replies, std::vector<NetEvent>& events);
  Status on_pushes(Pushes pushes, std::vector<NetEvent>& events);
  Status watch(Milliseconds now);
  Status say(Milliseconds now);
  Status make_frames(Milliseconds now);
  Status send_frames(Milliseconds now);
  void lose(Error why, Milliseconds now, std::vector<NetEvent>& events);

  const ZmqContext* context_;
  Destination destination_;
  Rng* rng_;
  Plane plane_;
  Pacer pacer_;

  std::optional<Line> line_;
  std::optional<Welcome> welcome_;
  RequestId last_id_;
  struct Queued {
    Request request;
    std::optional<Bytes> stored;  // with a put
  };
  std::deque<Queued> queued_;      // not yet in a frame
  std::deque<Bytes> frames_;       // packed, libzmq had no room
  std::set<RequestId> in_flight_;  // sent, no reply yet
  std::set<RequestId> pings_;      // in flight as well, of no interest to the caller
  std::set<RequestId> standing_;   // subscriptions and watches: pushes may name these

  Milliseconds dial_at_ = 0;
  Milliseconds dialled_at_ = 0;
  Milliseconds ready_since_ = -1;
  Milliseconds heard_at_ = 0;  // last frame of the relay, or of the request it owes an answer to
  Milliseconds ping_at_ = 0;
};

template <class C>
concept BoardCommand = std::same_as<C, PutBoard> || std::same_as<C, DeleteBoard> ||
                       std::same_as<C, GetBoard> || std::same_as<C, WatchBoard>;
template <class C>
concept ReadingCommand =
    std::same_as<C, CreateMailbox> || std::same_as<C, Subscribe> || std::same_as<C, Ack> ||
    std::same_as<C, RotateDrop> || std::same_as<C, DeleteMailbox>;
template <class C>
concept DepositCommand = std::same_as<C, Deposit>;

// Reads own mailboxes, and watches boards that the relay may link with them (own boards, feeds).
class ReadingConnection : public Connection {
 public:
  using Connection::Connection;
  template <class C>
    requires ReadingCommand<C> || BoardCommand<C>
  Result<RequestId> request(const C& command, const Authorise& authorise = {}) {
    return enqueue(command, authorise);
  }
};

// Writes to other people's mailboxes, and fetches their boards.
class DepositConnection : public Connection {
 public:
  using Connection::Connection;
  template <class C>
    requires DepositCommand<C> || BoardCommand<C>
  Result<RequestId> request(const C& command, const Authorise& authorise = {}) {
    return enqueue(command, authorise);
  }
};

// Puts frames of blobs and gets them, at one relay's bulk port.
class BulkConnection : public Connection {
 public:
  // `destination` names the bulk port.
  BulkConnection(const ZmqContext& context, Destination destination, Rng& rng)
      : Connection(context, std::move(destination), rng, Plane::kBulk) {}
  Result<RequestId> request(const BulkCommand& command, const Authorise& authorise = {}) {
    return enqueue(command, authorise);
  }
  // `stored` has kStoredFrameBytes.
  Result<RequestId> put(const PutFrame& put, Bytes stored, const Authorise& authorise) {
    return enqueue(put, authorise, std::move(stored));
  }
};

// Sleeps until a connection has something to hear, one of the caller's descriptors is readable, or
// the time is over.
struct Sleep {
  Milliseconds longest = 0;
  std::span<const int> descriptors = {};
  std::vector<int> readable = {};  // out
};
Status wait(std::span<Connection* const> connections, Sleep& sleep);

// The clock of every Milliseconds here: steady, from an arbitrary start.
Milliseconds steady_now();

}  // namespace tocsin::net

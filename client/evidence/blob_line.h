// client/evidence/blob_line.h: the bulk port of one relay, for the length of one job.
//
// Spec:    protocol/spec/blob.md BLB-1
// Shape:   connect() asks the relay's first port where its bulk plane is; turn() waits for events
// Errors:  no_relay (nothing came of it for too long), no_bulk_plane, those of client/net
// Threads: the mover's
#pragma once

#include <atomic>

#include "client/net/connection.h"

namespace tocsin::evidence {

struct LineParts {
  const net::ZmqContext& context;
  Rng& rng;
  const std::optional<net::Proxy>& proxy;
  const std::atomic<bool>& stop;  // nobody waits for the job any more
};

class BlobLine {
 public:
  // A line that nobody waits for any more is made all the same, and asks nothing.
  static Result<std::unique_ptr<BlobLine>> connect(const LineParts& parts,
                                                   const RelayAddress& relay);

  net::BulkConnection& connection() { return connection_; }
  bool ready() const { return connection_.ready(); }
  // What happened; waits at most so long for it. no_relay when there was no progress for kPatience:
  // a relay that only ever says "busy", or "welcome", holds up every other file.
  Result<std::vector<net::NetEvent>> turn(net::Milliseconds longest);
  // A frame more is where it belongs, or none is wanted now.
  void note_progress() { progress_at_ = net::steady_now(); }
  // So long a job may keep the mover while others wait.
  bool is_turn_over() const;
  // The answer to one command, across lost lines; nothing when nobody waits for it any more. The
  // command is repeatable.
  Result<std::optional<Reply>> ask(const BulkCommand& command, const net::Authorise& authorise);
  bool stopped() const { return stop_.load(); }

 private:
  BlobLine(const LineParts& parts, net::Destination destination)
      : connection_(parts.context, std::move(destination), parts.rng), stop_(parts.stop) {}

  net::BulkConnection connection_;
  const std::atomic<bool>& stop_;
  net::Milliseconds begun_at_ = net::steady_now();
  net::Milliseconds progress_at_ = net::steady_now();
};

}  // namespace tocsin::evidence

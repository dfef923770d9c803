// tests/model/model_relay.h: the real store engine over a memory store, without sockets or threads.
//
// Cells come and go as the edge would carry them. A crash loses the open batch and every line; what
// was committed stays, and the next run has a new boot epoch.
#pragma once

#include <deque>
#include <map>
#include <memory>

#include "crypto/box/sign.h"
#include "protocol/mailbox/password.h"
#include "relay/store/engine.h"
#include "relay/store/memory_store.h"
#include "tests/model/faults.h"

namespace tocsin::model {

class ModelRelay {
 public:
  // One store identity for all seeds and relays: its password's key is slow to derive. Relays
  // differ by `number`: in their CURVE key and port.
  ModelRelay(std::uint64_t seed, AccessPolicy policy, Faults& faults, const Instant& now,
             std::uint16_t number = 0);

  const RelayAddress& address() const { return address_; }
  static BytesView password();
  static const AccessKey& access_key();

  EdgeConnection open();
  bool is_up(EdgeConnection line) const { return lines_.contains(line); }
  void close(EdgeConnection line);
  // A cell has reached the relay. Pushes may leave at once, answers wait for commit().
  void take(EdgeConnection line, BytesView cell);
  // Group commit, unless the relay dies first.
  void commit();
  void crash();
  // For good, with everything it had.
  void die();
  bool is_dead() const { return engine_ == nullptr; }
  // The next cell on its way to the client.
  std::optional<Bytes> next_cell(EdgeConnection line);
  bool has_cells(EdgeConnection line) const;

  EngineFigures figures() { return engine_->figures(); }
  std::size_t crashes() const { return crashes_; }

 private:
  void start();
  void deliver(const StoreBatch& out);

  SeededRng rng_;
  AccessPolicy policy_;
  Faults& faults_;
  const Instant& now_;
  RelayAddress address_;
  MemoryStore store_;
  InlineWorkExecutor work_;
  std::unique_ptr<StoreEngine> engine_;
  std::map<EdgeConnection, std::deque<Bytes>> lines_;
  EdgeConnection last_line_ = 0;
  std::size_t crashes_ = 0;
};

}  // namespace tocsin::model

// tests/model/client.h: one person's client: a vault that outlives crashes, an engine that does
// not.
#pragma once

#include <functional>
#include <string>

#include "tests/model/model_port.h"

namespace tocsin::model {

// Thrown out of the clock, the one thing the engine asks for everywhere: what unwinds is what a
// killed process would have lost.
struct ClientCrash {};

class Client {
 public:
  struct Parts {
    std::vector<ModelRelay*> relays;
    Faults& faults;
    KeyLedger& ledger;
    const Instant& now;
    int number;
    std::uint64_t seed;
    std::int64_t skew = 0;  // milliseconds its clock is ahead
  };
  // A new person with the relays in their list.
  static std::unique_ptr<Client> create(const Parts& parts);
  // The vault as it is, as somebody restored it.
  static std::unique_ptr<Client> resume(const Parts& parts, Database db);

  // Runs `work` against the engine. False when the client died in it: then it has been started
  // again. Any error of the engine is a failure of the test.
  bool run(const std::function<void(Engine&)>& work);
  // From now on its clock is this far off.
  void set_skew(std::int64_t milliseconds) { parts_.skew = milliseconds; }
  // One round: keep up, send, receive.
  bool step();
  // Steps until nothing moves.
  void settle();
  void restart();

  Engine& engine() { return *engine_; }
  Database& db() { return db_; }
  ModelPort& port() { return *port_; }
  int number() const { return parts_.number; }
  const Parts& parts() const { return parts_; }
  std::size_t crashes() const { return crashes_; }

 private:
  Client(const Parts& parts, Database db);
  Instant clock();

  Parts parts_;
  SeededRng rng_;
  Database db_;
  std::unique_ptr<ModelPort> port_;
  std::unique_ptr<Engine> engine_;
  std::uint32_t crash_in_ = 0;  // looks at the clock; 0: not
  std::size_t crashes_ = 0;
};

// Vaults without wiped pages: nothing here is secret, and locking memory for fifty of them is slow.
DatabaseOptions model_database_options();

}  // namespace tocsin::model

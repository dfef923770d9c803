// tests/model/world.h: many clients and a relay in one process, from one seed.
//
// Shape:   create, befriend, chatter with faults, calm down, check. Everything is drawn from the
//          seed; the clock is a number.
#pragma once

#include <set>

#include "tests/model/client.h"

namespace tocsin::model {

struct WorldPlan {
  std::uint64_t seed = 0;
  std::size_t clients = 50;
  std::size_t most_contacts = 4;
  std::size_t friendships = 60;
  std::size_t rounds = 12;
  std::uint16_t relays = 1;
  AccessPolicy policy = AccessPolicy::kPassword;
  FaultRates faults;
};

struct Friendship {
  std::size_t a = 0, b = 0;
  enum class How : std::uint8_t { kInvitation, kCrossing } how = How::kInvitation;
  // Links not yet accepted: of a for b, of b for a.
  std::string link_of_a, link_of_b;
  bool done = false;
};

// A text its author's client has taken.
struct Said {
  std::size_t from = 0, to = 0;
  std::string text;
};

class World {
 public:
  explicit World(const WorldPlan& plan);

  void befriend();
  void chatter();
  // No more faults; time passes until everything said has arrived.
  void calm_down();
  // Every friendship carries one more text each way.
  void talk_once_more();
  void check();

  void say(std::size_t from, std::size_t to, std::size_t bytes);
  // The books begin anew: what somebody lost with a vault is not asked of the next one.
  void forget_what_was_said() { said_.clear(); }
  void pass(std::int64_t milliseconds) { now_.milliseconds += milliseconds; }
  void step_all();
  std::vector<std::string> texts_at(std::size_t client);
  bool everything_arrived();

  const std::vector<Friendship>& friendships() const { return friendships_; }
  std::size_t size() const { return clients_.size(); }
  Client& client(std::size_t number) { return *clients_[number]; }
  std::unique_ptr<Client>& slot(std::size_t number) { return clients_[number]; }
  ContactId contact_of(std::size_t owner, std::size_t other);
  Faults& faults() { return faults_; }
  ModelRelay& relay(std::size_t number = 0) { return *relays_[number]; }
  KeyLedger& ledger() { return ledger_; }
  const Instant& now() const { return now_; }
  // The text of a link, or nothing when the relay did not do its part.
  std::string invite(std::size_t from);

 private:
  void plan_friendships();
  std::string missing();
  void advance(Friendship& friendship);
  bool accept(std::size_t who, const std::string& link);
  bool knows(std::size_t owner, std::size_t other);

  WorldPlan plan_;
  Instant now_;
  Faults faults_;
  Faults choice_;  // what people do, apart from what goes wrong
  std::vector<std::unique_ptr<ModelRelay>> relays_;
  KeyLedger ledger_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::vector<Friendship> friendships_;
  std::vector<Said> said_;
  std::size_t said_ever_ = 0;  // texts are told apart by it
};

}  // namespace tocsin::model

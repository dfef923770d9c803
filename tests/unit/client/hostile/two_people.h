// tests/unit/client/hostile/two_people.h: two vaults and a relay in memory, on one clock.
//
// Shape:   the relay is a queue per mailbox; a test may make it refuse, forget, or lie
// Threads: one
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <set>

#include "client/engine/pairing.h"
#include "client/engine/sending.h"
#include "client/engine/upkeep.h"
#include "client/store/schema.h"
#include "protocol/board/record.h"
#include "tests/support/card_issuer.h"

namespace tocsin::testing_support {

struct MemoryRelay {
  struct Box {
    DropId drop;
    std::deque<std::pair<Sequence, Envelope>> cells;
  };
  std::map<ReadId, Box> boxes;
  std::map<BoardId, Bytes> boards;
  std::set<DropId> deaf;                 // depositing here is never answered
  std::optional<CreatedMailbox> always;  // lie: the same mailbox for everybody
  std::optional<Code> creating_fails_with;
  int asked_for_mailboxes = 0;
  std::uint64_t sequence = 0;
};

class MemoryPort final : public RelayPort {
 public:
  MemoryPort(MemoryRelay& relay, Rng& rng) : relay_(relay), rng_(rng) {}

  Result<Welcome> welcome(const RelayRow&) override { return fail(kNoRelay, "memory"); }
  Result<CreatedMailbox> create_mailbox(const RelayRow&, const MailboxOrder&) override {
    ++relay_.asked_for_mailboxes;
    if (relay_.creating_fails_with.has_value()) return fail(*relay_.creating_fails_with, "memory");
    if (relay_.always.has_value()) return *relay_.always;
    const CreatedMailbox created{rng_.draw<ReadId>(), rng_.draw<DropId>()};
    relay_.boxes[created.read_id].drop = created.drop_id;
    return created;
  }
  Status delete_mailbox(const RelayRow&, const OwnMailbox& mailbox) override {
    relay_.boxes.erase(mailbox.read_id);
    return {};
  }
  Status put_board(const RelayRow&, BytesView record) override {
    const BoardId id = board_id_of_record(record);
    relay_.boards[id] = to_bytes(record);
    return {};
  }
  Status delete_board(const RelayRow&, const WriterSecret& writer) override {
    relay_.boards.erase(board_id_of(writer_public_of(writer)));
    return {};
  }
  Result<Bytes> get_board(const RelayRow&, const BoardId& board) override {
    const auto found = relay_.boards.find(board);
    return found == relay_.boards.end() ? Bytes{} : found->second;
  }
  void watch(std::span<const RelayRow>, std::span<const OwnMailbox> mailboxes) override {
    watched_.clear();
    for (const OwnMailbox& mailbox : mailboxes) watched_[mailbox.id] = mailbox.read_id;
  }
  std::vector<Delivery> receive(Instant) override {
    std::vector<Delivery> deliveries;
    for (const auto& [id, read] : watched_) {
      const auto box = relay_.boxes.find(read);
      if (box == relay_.boxes.end()) continue;
      for (const auto& [sequence, envelope] : box->second.cells) {
        // MBX-9.1: nothing is pushed twice on one subscription.
        if (sequence <= pushed_[id]) continue;
        pushed_[id] = sequence;
        deliveries.push_back({id, sequence, envelope});
      }
    }
    return deliveries;
  }
  void acknowledge(MailboxId mailbox, Sequence through) override {
    auto& cells = relay_.boxes[watched_.at(mailbox)].cells;
    while (!cells.empty() && cells.front().first <= through) cells.pop_front();
  }
  std::vector<Deposited> deposit(std::span<const DepositOrder> orders) override {
    std::vector<Deposited> answers;
    for (const DepositOrder& order : orders) answers.push_back({order.copy, put(order)});
    return answers;
  }
  void settle(Instant) override {}
  std::vector<MailboxId> superseded() override { return {}; }

 private:
  DepositAnswer put(const DepositOrder& order) {
    if (relay_.deaf.contains(order.target.drop)) return DepositAnswer::kNoAnswer;
    for (auto& [read, box] : relay_.boxes) {
      if (box.drop != order.target.drop) continue;
      box.cells.emplace_back(Sequence{++relay_.sequence}, order.envelope);
      return DepositAnswer::kOk;
    }
    return DepositAnswer::kRefused;
  }

  MemoryRelay& relay_;
  Rng& rng_;
  std::map<MailboxId, ReadId> watched_;
  std::map<MailboxId, Sequence> pushed_;
};

// Does nothing by itself: what became of a job is what the test says.
class ScriptedMover final : public EvidencePort {
 public:
  bool is_busy() const override { return job.has_value(); }
  void give(EvidenceJob given) override { job = std::move(given); }
  std::vector<EvidenceReport> take_reports() override { return std::exchange(reports_, {}); }
  void break_off(const FileId&) override { ++broken_off; }

  template <class Kind>
  const Kind* doing() const {
    return job.has_value() ? std::get_if<Kind>(&*job) : nullptr;
  }
  // On the way; and at the end.
  void tell(decltype(EvidenceReport::what) what) {
    std::visit([&](const auto& kind) { reports_.push_back({file_of(kind), first_of(kind), what}); },
               *job);
  }
  void finish(decltype(EvidenceReport::what) what) {
    tell(std::move(what));
    job.reset();
  }

  std::optional<EvidenceJob> job;
  int broken_off = 0;

 private:
  template <class Kind>
  static FileId file_of(const Kind& kind) {
    if constexpr (requires { kind.file.id; }) {
      return kind.file.id;
    } else {
      return kind.file;
    }
  }
  template <class Kind>
  static std::uint64_t first_of(const Kind& kind) {
    if constexpr (requires { kind.first; }) {
      return kind.first;
    } else {
      return 0;
    }
  }
  std::vector<EvidenceReport> reports_;
};

class Person {
 public:
  Person(MemoryRelay& relay, const Instant& now, std::uint64_t seed)
      : now_(now),
        rng_(seed),
        db_(Database::create_in_memory(vault_database_options()).value()),
        port_(relay, rng_) {
    EXPECT_TRUE(Engine::found(db_, rng_).has_value());
    engine_ = open();
  }
  Engine& engine() { return *engine_; }
  // As after the program was started again.
  void restart() {
    engine_.reset();
    engine_ = open();
  }
  Database& db() { return db_; }
  ScriptedMover& mover() { return mover_; }
  ContactRow friend_row() { return all_contacts(db_).value().front(); }
  Status say(ContentKind kind, BytesView body) {
    TRY(send_message(engine(), friend_row().id, {kind, body}));
    return {};
  }

 private:
  std::unique_ptr<Engine> open() {
    return Engine::open({.db = db_,
                         .relays = port_,
                         .rng = rng_,
                         .clock = [this] { return now_; },
                         .evidence = &mover_})
        .value();
  }

  const Instant& now_;
  SeededRng rng_;
  Database db_;
  MemoryPort port_;
  ScriptedMover mover_;
  std::unique_ptr<Engine> engine_;
};

// One invited the other, who accepted; after befriend() both have spoken.
class TwoPeople : public testing::Test {
 protected:
  void SetUp() override {
    const Route route = route_on("relay.example", rng_);
    for (Person* person : {&victim_, &hostile_})
      relay_id_ = save_relay(person->db(), route.relay, {}, RelayUse::kCommon).value();
    const std::string text =
        invite(victim_.engine(), {.petname = "hostile", .days = 14, .relay = relay_id_}).value();
    const Link link = parse_link(text).value();
    ASSERT_TRUE(accept(hostile_.engine(), {link, "victim", std::nullopt}).has_value());
  }
  void befriend() {
    rounds(12);
    ASSERT_FALSE(victim_.friend_row().routes.empty());
    ASSERT_FALSE(hostile_.friend_row().routes.empty());
  }
  void rounds(int count) {
    for (int i = 0; i < count; ++i) {
      now_ = milliseconds_after(now_, 3 * kSecond);
      EXPECT_TRUE(step(hostile_.engine(), now_).has_value());
      const Result<bool> stepped = step(victim_.engine(), now_);
      if (!stepped.has_value()) {
        ++failures_;
        last_failure_ = stepped.error();
      }
    }
  }

  Instant now_{std::int64_t{20'700} * kDaySpan};
  SeededRng rng_{1};
  MemoryRelay relay_;
  Person victim_{relay_, now_, 2};
  Person hostile_{relay_, now_, 3};
  RelayId relay_id_;
  int failures_ = 0;  // steps of the victim that did not end well
  Error last_failure_{};
};

}  // namespace tocsin::testing_support

// Every short schedule and many long random ones.
#include <gtest/gtest.h>

#include <set>

#include "tests/support/ratchet_people.h"

namespace tocsin {
namespace {

using namespace testing_support;

// One conversation in the middle of a schedule: both ends, and what is on its way to each.
struct World {
  End a;
  End b;
  std::vector<Envelope> to_a;
  std::vector<Envelope> to_b;
  int sealed = 0;
  int opened = 0;

  // Through the stored rows: every step of every schedule also tests encode and decode.
  World fork() const { return {a.restored(), b.restored(), to_a, to_b, sealed, opened}; }

  static void seal(End& from, std::vector<Envelope>& way, int& sealed) {
    way.push_back(from.seal("m" + std::to_string(sealed++)));
  }
  static void deliver(End& to, std::vector<Envelope>& way, std::size_t which, int& opened) {
    const OpenOutcome outcome = to.open(way[which]);
    ASSERT_TRUE(std::holds_alternative<Opened>(outcome)) << name_of(outcome);
    way.erase(way.begin() + static_cast<std::ptrdiff_t>(which));
    ++opened;
  }
};

class ScheduleTest : public ::testing::Test {
 protected:
  // Everything still on its way arrives, newest first; then each side says one more thing.
  static void finish(World world) {
    while (!world.to_a.empty())
      World::deliver(world.a, world.to_a, world.to_a.size() - 1, world.opened);
    while (!world.to_b.empty())
      World::deliver(world.b, world.to_b, world.to_b.size() - 1, world.opened);
    EXPECT_EQ(world.opened, world.sealed);
    EXPECT_EQ(text_of(world.b.open(world.a.seal("still there?"))), "still there?");
    EXPECT_EQ(text_of(world.a.open(world.b.seal("yes"))), "yes");
  }

  // Each possible next action, `depth` times.
  void explore(const World& world, int depth) {
    if (HasFatalFailure()) return;
    if (depth == 0) {
      ++schedules_;
      finish(world.fork());
      return;
    }
    {
      World next = world.fork();
      World::seal(next.a, next.to_b, next.sealed);
      explore(next, depth - 1);
    }
    {
      World next = world.fork();
      World::seal(next.b, next.to_a, next.sealed);
      explore(next, depth - 1);
    }
    for (std::size_t which = 0; which < world.to_a.size(); ++which) {
      World next = world.fork();
      World::deliver(next.a, next.to_a, which, next.opened);
      explore(next, depth - 1);
    }
    for (std::size_t which = 0; which < world.to_b.size(); ++which) {
      World next = world.fork();
      World::deliver(next.b, next.to_b, which, next.opened);
      explore(next, depth - 1);
    }
  }

  SeededRng rng_{5};
  int schedules_ = 0;
};

// SES-12.1: from the moment after the first contact, turning as early as the rules allow.
TEST_F(ScheduleTest, EveryScheduleOfSixStepsDeliversEverything) {
  auto pair = make_pair_of_ends(rng_);
  pair->a->since_unlock = pair->b->since_unlock = SinceUnlock::kFirstSeal;
  explore({pair->a->restored(), pair->b->restored(), {}, {}}, 6);
  EXPECT_GT(schedules_, 1000);
}

// SES-12.1: both sides sealing six messages in every order, delivered in three orders.
TEST_F(ScheduleTest, EveryInterleavingOfSixSealsDeliversInAnyOrder) {
  auto pair = make_talking_pair(rng_);
  pair->a->since_unlock = pair->b->since_unlock = SinceUnlock::kFirstSeal;
  for (std::uint32_t order = 0; order < 64; ++order) {
    for (int delivery = 0; delivery < 3; ++delivery) {
      World world{pair->a->restored(), pair->b->restored(), {}, {}};
      for (int i = 0; i < 6; ++i) {
        const bool from_a = (order >> i & 1U) != 0;
        World::seal(from_a ? world.a : world.b, from_a ? world.to_b : world.to_a, world.sealed);
      }
      while (!world.to_a.empty() || !world.to_b.empty()) {
        const auto pick = [&](std::size_t size) {
          return delivery == 0 ? 0 : delivery == 1 ? size - 1 : size / 2;
        };
        if (!world.to_a.empty())
          World::deliver(world.a, world.to_a, pick(world.to_a.size()), world.opened);
        if (!world.to_b.empty())
          World::deliver(world.b, world.to_b, pick(world.to_b.size()), world.opened);
      }
      finish(std::move(world));
    }
  }
}

// What a network may do to one direction of a dialogue.
struct Way {
  End* from;
  End* to;
  std::vector<std::pair<Envelope, std::string>> cells;
};

class Dialogue {
 public:
  explicit Dialogue(std::uint64_t seed) : rng_(seed), pair_(make_pair_of_ends(rng_)) {
    ways_[0] = {&*pair_->a, &*pair_->b, {}};
    ways_[1] = {&*pair_->b, &*pair_->a, {}};
  }

  void run(int steps) {
    for (int i = 0; i < steps && !::testing::Test::HasFailure(); ++i) step();
    for (Way& way : ways_) {
      while (!way.cells.empty())
        deliver(way, rng_.below(static_cast<std::uint32_t>(way.cells.size())));
    }
    // However bad the network was, the session lives.
    for (int i = 0; i < 2; ++i) {
      for (Way& way : ways_) ASSERT_EQ(text_of(way.to->open(way.from->seal("alive"))), "alive");
    }
  }

  int opened() const { return opened_; }

 private:
  void step() {
    Way& way = ways_[rng_.below(2)];
    const std::uint32_t dice = rng_.below(100);
    const auto size = static_cast<std::uint32_t>(way.cells.size());
    if (dice < 40) {
      say(way);
    } else if (size == 0) {
      return;
    } else if (dice < 80) {
      deliver(way, rng_.below(4) == 0 ? rng_.below(size) : 0);
    } else if (dice < 85) {
      way.cells.erase(way.cells.begin());  // lost
    } else if (dice < 90) {
      way.cells.push_back(way.cells[rng_.below(size)]);  // duplicated by the relay
    } else if (dice < 95) {
      damage(way, rng_.below(size));
    } else {
      way.from->hour = Hour{way.from->hour.value + 1};
      *way.from = way.from->restored();  // a restart of the program
      way.from->since_unlock = SinceUnlock::kFirstSeal;
    }
  }

  void say(Way& way) {
    const std::string text = "text " + std::to_string(said_++);
    const auto sealed = way.from->try_seal(text, 1 + rng_.below(2));
    way.from->since_unlock = SinceUnlock::kLaterSeal;
    if (!sealed) {
      ASSERT_EQ(sealed.error().code, kPeerSilent);
      return;
    }
    for (const Envelope& copy : sealed->copies) way.cells.push_back({copy, text});
  }

  void deliver(Way& way, std::uint32_t which) {
    const auto [envelope, text] = way.cells[which];
    way.cells.erase(way.cells.begin() + which);
    const OpenOutcome outcome = way.to->open(envelope);
    const bool first = !shown_.contains(text);
    if (std::holds_alternative<Opened>(outcome)) {
      ASSERT_TRUE(first) << "shown twice: " << text;
      ASSERT_EQ(text_of(outcome), text);
      shown_.insert(text);
      ++opened_;
    } else if (std::holds_alternative<Duplicate>(outcome)) {
      ASSERT_FALSE(first) << text;
    } else {
      // Overtaken by more inner chains than libsignal keeps (SES-9.6): refused once, and for good.
      ASSERT_EQ(name_of(outcome), "Unopenable inner-refused") << text;
      shown_.insert(text);
    }
  }

  void damage(Way& way, std::uint32_t which) {
    Envelope bad = way.cells[which].first;
    bad.mutable_view()[rng_.below(kEnvelopeBytes)] ^=
        static_cast<std::uint8_t>(1U << rng_.below(8));
    const OpenOutcome outcome = way.to->open(bad);
    // A copy of something already opened may differ in its body only: its number is known.
    ASSERT_TRUE(std::holds_alternative<Unopenable>(outcome) ||
                std::holds_alternative<Duplicate>(outcome))
        << name_of(outcome);
  }

  SeededRng rng_;
  std::unique_ptr<Pair> pair_;
  Way ways_[2];
  std::set<std::string> shown_;  // or refused for good
  int said_ = 0;
  int opened_ = 0;
};

// SES-12.2
TEST(DialogueTest, RandomDialoguesOverABadNetworkLoseNothingThatArrives) {
  int opened = 0;
  for (std::uint64_t seed = 1; seed <= 300 && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    Dialogue dialogue(seed);
    dialogue.run(120);
    opened += dialogue.opened();
  }
  EXPECT_GT(opened, 8000);
}

}  // namespace
}  // namespace tocsin

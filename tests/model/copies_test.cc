// A vault that comes back from a backup, and one that moved: with lost, doubled and reordered cells
// all the while. Nobody is alarmed, no number is used twice, and what is said arrives once.
#include <gtest/gtest.h>

#include <algorithm>

#include "client/engine/notices.h"
#include "client/engine/restoring.h"
#include "tests/model/world.h"
#include "tests/support/temporary_folder.h"

namespace tocsin::model {
namespace {

constexpr std::size_t kOwner = 0;
constexpr int kOtherLedger = KeyLedger::kPeople + static_cast<int>(kOwner);
constexpr FaultRates kFaults{
    .drop = 20, .duplicate = 20, .reorder = 20, .late_ack = 200, .client_crash = 20};

WorldPlan small_plan(std::uint64_t seed) {
  WorldPlan plan;
  plan.seed = seed;
  plan.clients = 6;
  plan.friendships = 8;
  plan.rounds = 5;
  plan.faults = kFaults;
  return plan;
}

class CopiesTest : public testing::TestWithParam<std::uint64_t> {
 protected:
  void become_friends_and_chat() {
    world_.befriend();
    world_.chatter();
    world_.calm_down();
    for (int round = 0; round < 40 && !everybody_has_a_card(); ++round) {
      world_.step_all();
      world_.pass(10 * kMinute);
    }
    ASSERT_TRUE(everybody_has_a_card());
    world_.faults().set(kFaults);
  }
  bool everybody_has_a_card() {
    for (const std::size_t who : friends()) {
      const ContactId contact = world_.contact_of(kOwner, who);
      if (!load_contact(world_.client(kOwner).db(), contact).value().peer_card.has_value())
        return false;
    }
    return true;
  }
  std::vector<std::size_t> friends() const {
    std::vector<std::size_t> found;
    for (const Friendship& friendship : world_.friendships()) {
      if (friendship.a == kOwner) found.push_back(friendship.b);
      if (friendship.b == kOwner) found.push_back(friendship.a);
    }
    return found;
  }
  void everybody_else_steps(int rounds) {
    for (int round = 0; round < rounds; ++round) {
      for (std::size_t i = 0; i < world_.size(); ++i)
        if (i != kOwner) world_.client(i).step();
      world_.pass(kMinute);
    }
  }
  Client::Parts parts(int ledger) {
    Client::Parts parts = world_.client(kOwner).parts();
    parts.number = ledger;
    parts.seed += 1;
    return parts;
  }
  // The copy takes the place of the vault, which is not there any more.
  void open_copy(int ledger) {
    const Client::Parts made = parts(ledger);
    world_.slot(kOwner).reset();
    world_.slot(kOwner) = Client::resume(
        made, Database::open(folder_.file("copy"), key_, model_database_options()).value());
  }
  void expect_no_alarm() {
    for (std::size_t i = 0; i < world_.size(); ++i) {
      const std::vector<NoticeRow> rows = all_notices(world_.client(i).engine()).value();
      for (const NoticeRow& row : rows) {
        // That somebody began anew is told.
        if (row.notice.kind == NoticeKind::kNewSession) continue;
        EXPECT_FALSE(is_alarm(row.notice.kind))
            << static_cast<int>(row.notice.kind) << " at client " << i;
      }
    }
    EXPECT_EQ(world_.ledger().reused(), 0U);
    EXPECT_EQ(world_.ledger().unexplained(), 0U);
  }

  TemporaryFolder folder_;
  World world_{small_plan(GetParam())};
  SeededRng rng_{GetParam()};
  DatabaseKey key_ = DatabaseKey::random(rng_);
};

// VLT-9.4
TEST_P(CopiesTest, ALostVaultComesBackFromItsBackupAndTalksOn) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  become_friends_and_chat();
  ASSERT_FALSE(HasFatalFailure());
  ASSERT_TRUE(fill_backup(world_.client(kOwner).db(), folder_.file("copy"), key_).has_value());
  // Life goes on, and sessions turn; then the laptop is lost.
  for (const std::size_t who : friends()) world_.say(kOwner, who, 40);
  for (int round = 0; round < 3; ++round) {
    world_.step_all();
    world_.pass(kMinute);
  }
  world_.forget_what_was_said();
  for (const std::size_t who : friends()) world_.say(who, kOwner, 40);
  everybody_else_steps(3);
  ASSERT_FALSE(HasFatalFailure());

  open_copy(kOtherLedger);
  std::optional<Restored> restored;
  while (!restored.has_value()) {  // a crash in it changes nothing
    world_.client(kOwner).run([&](Engine& engine) {
      Result<std::optional<Restored>> done = finish_restore(engine);
      ASSERT_TRUE(done.has_value()) << done.error().where;
      if (done->has_value()) restored = std::move(**done);
    });
    ASSERT_FALSE(HasFatalFailure());
  }
  EXPECT_TRUE(restored->out_of_reach.empty());
  for (const std::size_t who : friends()) world_.say(kOwner, who, 40);
  for (int round = 0; round < 4; ++round) {
    world_.step_all();
    world_.pass(kMinute);
  }
  ASSERT_FALSE(HasFatalFailure());
  world_.calm_down();
  ASSERT_FALSE(HasFatalFailure());
  world_.talk_once_more();
  expect_no_alarm();
}

// VLT-9.5
TEST_P(CopiesTest, AMovedVaultGoesOnAsIfNothingHadHappened) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  become_friends_and_chat();
  ASSERT_FALSE(HasFatalFailure());
  for (const std::size_t who : friends()) {
    world_.say(kOwner, who, 40);
    world_.say(who, kOwner, 40);
  }
  const std::uint32_t steps = rng_.below(4);  // moved in the middle of anything
  for (std::uint32_t step = 0; step < steps; ++step) world_.step_all();
  ASSERT_FALSE(HasFatalFailure());
  ASSERT_TRUE(mark_moved(world_.client(kOwner).db()).has_value());
  ASSERT_TRUE(fill_move(world_.client(kOwner).db(), folder_.file("copy"), key_).has_value());
  EXPECT_FALSE(check_not_moved(world_.client(kOwner).db()).has_value());
  open_copy(static_cast<int>(kOwner));
  EXPECT_TRUE(check_not_moved(world_.client(kOwner).db()).has_value());
  for (const std::size_t who : friends()) world_.say(kOwner, who, 40);
  world_.calm_down();
  ASSERT_FALSE(HasFatalFailure());
  world_.talk_once_more();
  world_.check();
  expect_no_alarm();
}

INSTANTIATE_TEST_SUITE_P(Model, CopiesTest, testing::Range<std::uint64_t>(0, 8));

}  // namespace
}  // namespace tocsin::model

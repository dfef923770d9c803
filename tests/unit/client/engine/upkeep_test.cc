// What a client does without being asked, over weeks.
#include <gtest/gtest.h>

#include "client/store/session_rows.h"
#include "tests/model/world.h"

namespace tocsin::model {
namespace {

class UpkeepTest : public testing::Test {
 protected:
  static WorldPlan two_friends() {
    WorldPlan plan;
    plan.seed = 7;
    plan.clients = 2;
    plan.friendships = 1;
    return plan;
  }
  void talk() {
    world_.say(0, 1, 40);
    world_.say(1, 0, 40);
    for (int round = 0; round < 4; ++round) {
      world_.step_all();
      world_.pass(kMinute);
    }
    EXPECT_TRUE(world_.everything_arrived());
  }

  World world_{two_friends()};
};

// PAI-6.3: the mailbox of a used invitation goes after 23 days; the session does not.
TEST_F(UpkeepTest, ASessionOutlivesTheInvitationsMailboxItBeganIn) {
  world_.befriend();
  for (int round = 0; round < 4; ++round) {
    world_.step_all();
    world_.pass(kMinute);
  }
  talk();
  const std::size_t before = all_mailboxes(world_.client(0).db()).value().size();
  world_.pass(30 * kDaySpan);
  world_.step_all();
  talk();
  EXPECT_EQ(all_mailboxes(world_.client(0).db()).value().size(), before - 1);
}

}  // namespace
}  // namespace tocsin::model

// Two relays, everybody at both, and one of them dies for good in the middle of everything, with
// all that it had. Nothing that was said is lost, and nothing is shown twice.
#include <gtest/gtest.h>

#include "tests/model/world.h"

namespace tocsin::model {
namespace {

class RelaysTest : public testing::TestWithParam<std::uint64_t> {
 protected:
  static WorldPlan plan() {
    WorldPlan plan;
    plan.seed = GetParam();
    plan.clients = 8;
    plan.friendships = 10;
    plan.rounds = 6;
    plan.relays = 2;
    plan.faults = {.drop = 20,
                   .duplicate = 10,
                   .reorder = 10,
                   .late_ack = 100,
                   .line_loss = 10,
                   .relay_crash = 5,
                   .client_crash = 20};
    return plan;
  }
  World world_{plan()};
};

// PAI-7.1, DLV-3.1
TEST_P(RelaysTest, OneOfTwoDiesForGoodAndNothingIsLost) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  world_.befriend();
  world_.chatter();
  world_.calm_down();  // cards that name both relays are out
  ASSERT_FALSE(HasFatalFailure());
  world_.faults().set(plan().faults);
  world_.chatter();
  // Invitations went by the first one: when that dies, what they began goes on at the second.
  world_.relay(GetParam() % 2).die();
  world_.chatter();
  ASSERT_FALSE(HasFatalFailure());
  world_.calm_down();
  ASSERT_FALSE(HasFatalFailure());
  world_.talk_once_more();
  world_.check();
}

INSTANTIATE_TEST_SUITE_P(Model, RelaysTest, testing::Range<std::uint64_t>(0, 10));

}  // namespace
}  // namespace tocsin::model

// What a client does without being asked, over weeks.
#include <gtest/gtest.h>

#include <algorithm>

#include "client/store/card_rows.h"
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
  for (std::size_t i = 0; i < world_.size(); ++i) {  // no line stands for thirty days of sleep
    world_.client(i).port().set_link(ModelPort::Link::kCut);
    world_.client(i).port().set_link(ModelPort::Link::kWorks);
  }
  for (int round = 0; round < 2; ++round) world_.step_all();
  talk();
  EXPECT_EQ(all_mailboxes(world_.client(0).db()).value().size(), before - 1);
}

// PAI-6.6
TEST_F(UpkeepTest, AnInvitationNobodyAcceptedLeavesNoMailboxBehind) {
  const std::string link = world_.invite(0);
  ASSERT_FALSE(link.empty());
  const std::size_t before = all_mailboxes(world_.client(0).db()).value().size();
  for (int day = 0; day < 50; ++day) {
    world_.pass(kDaySpan);
    world_.step_all();
  }
  EXPECT_EQ(all_mailboxes(world_.client(0).db()).value().size(), before - 1);
}

// PAI-6.5
TEST_F(UpkeepTest, AClockFarAheadWipesNothingUntilARelayAgrees) {
  const std::string link = world_.invite(0);
  ASSERT_FALSE(link.empty());
  world_.step_all();
  const auto secrets = [&] {
    const std::vector<OwnCard> cards = all_cards(world_.client(0).db()).value();
    return std::ranges::count_if(cards,
                                 [](const OwnCard& card) { return card.secrets.has_value(); });
  };
  ASSERT_EQ(secrets(), 1);
  world_.client(0).port().set_link(ModelPort::Link::kCut);
  world_.pass(400 * kDaySpan);
  for (int round = 0; round < 3; ++round) world_.step_all();
  EXPECT_EQ(secrets(), 1);
  world_.client(0).port().set_link(ModelPort::Link::kWorks);
  for (int round = 0; round < 3; ++round) world_.step_all();
  EXPECT_EQ(secrets(), 0);
}

// PAI-6.5: nor is anything deleted at a relay that says another day.
TEST_F(UpkeepTest, AClockThatARelayContradictsDeletesNothingAnywhere) {
  ASSERT_FALSE(world_.invite(0).empty());
  world_.step_all();
  const auto mailboxes = [&] { return all_mailboxes(world_.client(0).db()).value().size(); };
  const std::size_t before = mailboxes();
  world_.client(0).set_skew(400 * kDaySpan);
  for (int round = 0; round < 5; ++round) {
    world_.step_all();
    world_.pass(kMinute);
  }
  EXPECT_EQ(mailboxes(), before);
  EXPECT_TRUE(all_cards(world_.client(0).db()).value().front().published);
}

// WIR-12.2
TEST_F(UpkeepTest,
       AMailboxIsActiveWhenItWasMadeWhenSomethingOpenedInItAndWhenItsContactWasWrittenTo) {
  const auto newest = [&](std::size_t client) {
    Hour hour;
    const std::vector<OwnMailbox> mailboxes = all_mailboxes(world_.client(client).db()).value();
    for (const OwnMailbox& mailbox : mailboxes) hour = std::max(hour, mailbox.active);
    return hour;
  };
  const auto hour_of = [&](std::size_t client) {
    return world_.client(client).engine().now().hour();
  };
  const Hour before = hour_of(0);
  world_.befriend();
  EXPECT_GE(newest(0), before);
  for (int round = 0; round < 4; ++round) {
    world_.step_all();
    world_.pass(kMinute);
  }
  talk();
  world_.pass(3 * kDaySpan);
  EXPECT_LT(newest(0), hour_of(0));
  const ContactId contact = world_.contact_of(0, 1);
  const MailboxId heard = load_contact(world_.client(0).db(), contact).value().mailbox.value();
  world_.say(0, 1, 40);
  EXPECT_EQ(load_mailbox(world_.client(0).db(), heard).value().active, hour_of(0));
  EXPECT_LT(newest(1), hour_of(1));
  for (int round = 0; round < 4; ++round) world_.step_all();
  EXPECT_EQ(newest(1), hour_of(1));
}

}  // namespace
}  // namespace tocsin::model

// Two people and a relay, at the edges: every order of sealing, and a relay that swallows one
// direction up to the sending limit. The same bounds without engine and relay:
// tests/unit/crypto/ratchet/outer_schedule_test.cc and outer_limits_test.cc.
#include <gtest/gtest.h>

#include <algorithm>

#include "client/engine/notices.h"
#include "client/engine/receiving.h"
#include "client/engine/sending.h"
#include "client/engine/upkeep.h"
#include "crypto/ratchet/wall.h"
#include "tests/model/world.h"

namespace tocsin::model {
namespace {

class ScheduleTest : public testing::Test {
 protected:
  static WorldPlan two_people() {
    WorldPlan plan;
    plan.seed = 11;
    plan.clients = 2;
    plan.friendships = 1;
    return plan;
  }
  void SetUp() override {
    world_.befriend();
    rounds(8);
  }
  void rounds(int count) {
    for (int round = 0; round < count; ++round) {
      world_.step_all();
      world_.pass(kMinute);
    }
  }
  // Seals and deposits without reading what waits.
  void send(std::size_t who) { ASSERT_TRUE(send_due(world_.client(who).engine()).has_value()); }
  bool has_notice(std::size_t who, NoticeKind kind) {
    const std::vector<NoticeRow> rows = all_notices(world_.client(who).engine()).value();
    return std::ranges::any_of(rows, [&](const NoticeRow& row) { return row.notice.kind == kind; });
  }
  void expect_shown_once(std::size_t who) {
    std::vector<std::string> texts = world_.texts_at(who);
    std::ranges::sort(texts);
    EXPECT_TRUE(std::ranges::adjacent_find(texts) == texts.end());
  }

  World world_{two_people()};
};

TEST_F(ScheduleTest, BothSidesSealInEveryOrderWithOrWithoutReadingBetween) {
  constexpr unsigned kSeals = 4;
  for (unsigned author = 0; author < (1U << kSeals); ++author) {
    for (unsigned reads = 0; reads < (1U << kSeals); ++reads) {
      SCOPED_TRACE(testing::Message() << "authors " << author << " reads " << reads);
      for (unsigned i = 0; i < kSeals; ++i) {
        const std::size_t who = (author >> i) & 1U;
        world_.say(who, 1 - who, 40);
        send(who);
        if (((reads >> i) & 1U) != 0) world_.client(1 - who).step();
      }
      rounds(2);
      ASSERT_TRUE(world_.everything_arrived());
    }
    world_.pass(kHourSpan);
  }
  expect_shown_once(0);
  expect_shown_once(1);
  EXPECT_EQ(world_.ledger().reused(), 0U);
}

TEST_F(ScheduleTest,
       ARelayThatSwallowsOneDirectionUpToTheLimitAndThenDeliversTheLastCellEndsNothing) {
  world_.client(0).port().set_deposits(ModelPort::Deposits::kSwallowed);
  std::size_t said = 0;
  while (!has_notice(0, NoticeKind::kPeerSilent)) {
    ASSERT_LT(++said, kMaxInner + 64U) << "the limit never came";
    world_.say(0, 1, 40);
    send(0);
    world_.pass(kSecond);
    ASSERT_FALSE(HasFatalFailure());
  }
  EXPECT_GE(said, kMaxInner / 2U);
  EXPECT_FALSE(world_.everything_arrived());
  // One cell, the last, gets through; its receipt revives the direction.
  world_.client(0).port().set_deposits(ModelPort::Deposits::kWork);
  world_.client(0).port().deliver_last_swallowed();
  rounds(6);
  world_.pass(kRetryLongest);
  rounds(4);
  world_.say(0, 1, 41);
  world_.say(1, 0, 41);
  rounds(4);
  const std::vector<std::string> there = world_.texts_at(1), back = world_.texts_at(0);
  EXPECT_TRUE(
      std::ranges::any_of(there, [](const std::string& text) { return text.size() == 41; }));
  EXPECT_TRUE(std::ranges::any_of(back, [](const std::string& text) { return text.size() == 41; }));
  // What was swallowed is deposited again on day 18 and sealed anew on day 21: nothing is lost.
  for (const std::uint32_t days : {kSecondDepositDay, kOutboxDays - kSecondDepositDay}) {
    world_.pass((days + std::int64_t{1}) * kDaySpan);
    for (int round = 0; round < 100 && !world_.everything_arrived(); ++round) rounds(1);
  }
  EXPECT_TRUE(world_.everything_arrived());
  expect_shown_once(1);
  EXPECT_EQ(world_.ledger().reused(), 0U);
}

TEST_F(ScheduleTest, AReaderSilentUntilTheMailboxIsFullLosesNothing) {
  constexpr std::size_t kTexts = 300;  // more than a contact's mailbox holds
  static_assert(kTexts > kContactQuota);
  for (std::size_t i = 0; i < kTexts; ++i) {
    world_.say(0, 1, 40);
    send(0);
    world_.pass(kSecond);
    ASSERT_FALSE(HasFatalFailure());
  }
  for (int round = 0; round < 60 && !world_.everything_arrived(); ++round) {
    rounds(1);
    world_.pass(10 * kMinute);
  }
  EXPECT_TRUE(world_.everything_arrived());
  expect_shown_once(1);
}

}  // namespace
}  // namespace tocsin::model

#include "protocol/session/selection.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "protocol/session/limits.h"

namespace tocsin {
namespace {

SessionId sid(std::uint8_t number) {
  SessionId id;
  id.mutable_view()[0] = number;
  return id;
}
constexpr auto kPending = SessionStanding::kPending;
constexpr auto kOpened = SessionStanding::kOpened;
constexpr auto kStopped = SessionStanding::kStopped;

// CNT-6.1
TEST(SelectionTest, OpenedGoesBeforePendingThenHighGenerationThenLowId) {
  EXPECT_EQ(sending_session({}), std::nullopt);
  EXPECT_EQ(sending_session({{sid(1), 0, kPending, {}}}), sid(1));
  EXPECT_EQ(sending_session({{sid(1), 9, kPending, {}}, {sid(2), 0, kOpened, {}}}), sid(2));
  EXPECT_EQ(sending_session({{sid(1), 0, kOpened, {}}, {sid(2), 1, kOpened, {}}}), sid(2));
  EXPECT_EQ(sending_session({{sid(2), 1, kOpened, {}}, {sid(1), 1, kOpened, {}}}), sid(1));
  EXPECT_EQ(sending_session({{sid(1), 5, kStopped, {}}, {sid(2), 0, kPending, {}}}), sid(2));
  EXPECT_EQ(sending_session({{sid(1), 5, kStopped, {}}}), std::nullopt);
}

// CNT-6.2
TEST(SelectionTest, AfterCrossingFirstContactsBothSidesSettleOnOneSession) {
  // A began 5, B began 3. Each has its own pending and the other's opened.
  const std::vector<SessionRow> at_a{{sid(5), 0, kPending, {}}, {sid(3), 0, kOpened, {}}};
  const std::vector<SessionRow> at_b{{sid(5), 0, kOpened, {}}, {sid(3), 0, kPending, {}}};
  EXPECT_EQ(sending_session(at_a), sid(3));
  EXPECT_EQ(sending_session(at_b), sid(5));
  // What each now sends opens the other's own session.
  const std::vector<SessionRow> settled{{sid(5), 0, kOpened, {}}, {sid(3), 0, kOpened, {}}};
  EXPECT_EQ(sending_session(settled), sid(3));
}

// CNT-6.3
TEST(SelectionTest, ASupersededSessionGoesAfterSixtyFiveDaysAndTheSendingOneNever) {
  std::vector<SessionRow> rows{{sid(1), 0, kOpened, {}}, {sid(2), 1, kPending, {}}};
  SelectionChange change = select_sessions(rows, {20'000});
  EXPECT_EQ(change.sending, sid(1));
  ASSERT_EQ(change.changed.size(), 1U);
  EXPECT_EQ(change.changed[0].id, sid(2));

  // The pending one is answered and takes over.
  rows = {{sid(1), 0, kOpened, {}}, {sid(2), 1, kOpened, Day{20'000}}};
  change = select_sessions(rows, {20'001});
  EXPECT_EQ(change.sending, sid(2));
  ASSERT_EQ(change.changed.size(), 2U);
  EXPECT_EQ(change.changed[0].superseded, Day{20'001});
  EXPECT_EQ(change.changed[1].superseded, std::nullopt);

  rows = change.changed;
  EXPECT_TRUE(select_sessions(rows, {20'065}).dropped.empty());
  EXPECT_EQ(select_sessions(rows, {20'066}).dropped, std::vector<SessionId>{sid(1)});
  EXPECT_TRUE(select_sessions({{sid(2), 1, kOpened, {}}}, {90'000}).dropped.empty());
}

// CNT-6.5
TEST(SelectionTest, BesideTheSendingOneOnlyTheFirstEightAreKept) {
  std::vector<SessionRow> rows;
  for (std::uint8_t i = 1; i <= 12; ++i) rows.push_back({sid(i), i, kOpened, {}});
  const SelectionChange change = select_sessions(rows, {20'000});
  EXPECT_EQ(change.sending, sid(12));
  EXPECT_EQ(change.dropped, (std::vector<SessionId>{sid(3), sid(2), sid(1)}));
  EXPECT_EQ(change.changed.size(), kMaxIdleSessions);
}

TEST(SelectionTest, WithoutASendingSessionNothingIsSuperseded) {
  const SelectionChange change = select_sessions({{sid(1), 0, kStopped, {}}}, {20'000});
  EXPECT_FALSE(change.sending.has_value());
  EXPECT_TRUE(change.changed.empty() && change.dropped.empty());
}

// CNT-6.4
TEST(SelectionTest, AResetTakesTheNextGenerationAndStaysAtTheLast) {
  EXPECT_EQ(next_generation({}), 0U);
  EXPECT_EQ(next_generation({{sid(1), 0, kOpened, {}}, {sid(2), 4, kStopped, {}}}), 5U);
  EXPECT_EQ(next_generation({{sid(1), 0xFFFFFFFF, kOpened, {}}}), 0xFFFFFFFFU);
}

}  // namespace
}  // namespace tocsin

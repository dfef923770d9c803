// Which mailboxes have a line through a proxy, over hours of a fake clock. WIR-12.1
#include "client/net/lanes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace tocsin::net {
namespace {

using testing::ElementsAre;

constexpr Milliseconds kMinuteMs = 60'000;
constexpr Milliseconds kStepMs = 500;
constexpr Hour kNow{500'000};

OwnMailbox mailbox(std::int64_t id, std::uint32_t hours_ago,
                   MailboxClass mailbox_class = MailboxClass::kContact) {
  return {.id = {id},
          .relay = {1},
          .mailbox_class = mailbox_class,
          .read_id = {},
          .drop_id = {},
          .owner_secret = OwnerSecret::from(Bytes(OwnerSecret::kBytes, 1)).value(),
          .last_day = {},
          .active = {kNow.value - hours_ago}};
}

std::vector<std::int64_t> standing(const std::vector<OwnMailbox>& mailboxes) {
  std::vector<std::int64_t> ids;
  for (const MailboxId id : standing_mailboxes(mailboxes, kNow)) ids.push_back(id.value);
  return ids;
}

// WIR-12.2
TEST(StandingMailboxesTest, TheSevenMostRecentlyActiveKeepALane) {
  std::vector<OwnMailbox> mailboxes;
  for (std::int64_t id = 1; id <= 12; ++id)
    mailboxes.push_back(mailbox(id, static_cast<std::uint32_t>(id)));
  EXPECT_THAT(standing(mailboxes), ElementsAre(1, 2, 3, 4, 5, 6, 7));
}

// WIR-12.2
TEST(StandingMailboxesTest, ADayOfSilenceEndsIt) {
  std::vector<OwnMailbox> mailboxes;
  mailboxes.push_back(mailbox(1, 24));
  mailboxes.push_back(mailbox(2, 25));
  mailboxes.push_back(mailbox(3, 0));
  EXPECT_THAT(standing(mailboxes), ElementsAre(3, 1));
}

// WIR-12.2
TEST(StandingMailboxesTest, AnOpenInvitationStaysActiveBehindThoseThatTalk) {
  std::vector<OwnMailbox> mailboxes;
  mailboxes.push_back(mailbox(1, 200, MailboxClass::kInvitation));
  mailboxes.push_back(mailbox(2, 23));
  mailboxes.push_back(mailbox(3, 200, MailboxClass::kInvitation));
  mailboxes.back().last_day = Day{30'000};  // used, or expired
  EXPECT_THAT(standing(mailboxes), ElementsAre(2, 1));
}

TEST(StandingMailboxesTest, AnHourOfAClockThatWasAheadCountsAsNow) {
  std::vector<OwnMailbox> mailboxes;
  mailboxes.push_back(mailbox(1, 0));
  mailboxes.back().active = {kNow.value + 1'000};
  EXPECT_THAT(standing(mailboxes), ElementsAre(1));
}

std::vector<MailboxId> numbers(std::int64_t from, std::int64_t count) {
  std::vector<MailboxId> ids;
  for (std::int64_t id = from; id < from + count; ++id) ids.push_back({id});
  return ids;
}

// Readers on a fake clock: a visit takes 2 to 8 seconds; at a relay that is down it is lost at
// once.
class LanesTest : public testing::Test {
 protected:
  void start(std::uint64_t seed, std::int64_t standing, std::int64_t quiet) {
    rng_ = SeededRng(seed);
    lanes_ = Lanes(rng_);
    lines_.clear();
    begun_.clear();
    now_ = 1'000'000;
    standing_ = numbers(1, standing);
    all_ = numbers(1, standing + quiet);
    lanes_.watch(all_, standing_, now_);
  }
  bool is_standing(MailboxId id) const {
    return std::ranges::find(standing_, id) != standing_.end();
  }

  void run(Milliseconds time) {
    for (const Milliseconds until = now_ + time; now_ < until; now_ += kStepMs) step();
  }
  void step() {
    lanes_.step(now_);
    const std::vector<MailboxId> open = lanes_.open();
    ASSERT_LE(open.size(), kLanes);
    ASSERT_EQ(std::set<MailboxId>(open.begin(), open.end()).size(), open.size());
    std::erase_if(lines_, [&](const auto& line) {
      return std::ranges::find(open, line.first) == open.end();
    });
    for (const MailboxId id : open) {
      if (lines_.contains(id)) continue;
      const bool down = down_.contains(id);
      lines_[id] = now_ + (down ? kStepMs : 2'000 + rng_.below(6'000));
      begun_[id].push_back(now_);
      order_.push_back(id.value);
    }
    for (const auto& [id, done] : lines_) {
      if (now_ < done) continue;
      if (down_.contains(id)) {
        lanes_.on_lost(id, now_);
      } else {
        lanes_.on_read(id);
      }
    }
  }
  // Between the beginnings of two visits of one mailbox: the shortest and the longest of all.
  std::pair<Milliseconds, Milliseconds> gaps() const {
    std::pair<Milliseconds, Milliseconds> found{INT64_MAX, 0};
    for (const auto& [id, visits] : begun_) {
      if (is_standing(id) || down_.contains(id)) continue;
      for (std::size_t i = 1; i < visits.size(); ++i) {
        found.first = std::min(found.first, visits[i] - visits[i - 1]);
        found.second = std::max(found.second, visits[i] - visits[i - 1]);
      }
      found.second = std::max(found.second, now_ - visits.back());
    }
    return found;
  }

  SeededRng rng_{1};
  Lanes lanes_{rng_};
  Milliseconds now_ = 0;
  std::vector<MailboxId> all_, standing_;
  std::set<MailboxId> down_;
  std::map<MailboxId, Milliseconds> lines_;  // until when they have something to do
  std::map<MailboxId, std::vector<Milliseconds>> begun_;
  std::vector<std::int64_t> order_;
};

// WIR-12.1, WIR-12.2, WIR-12.3; that never more than eight lines stand is asserted in every step.
TEST_F(LanesTest, ActiveOnesStandAndEveryQuietOneIsVisitedEveryTenToTwentyMinutes) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    start(seed, static_cast<std::int64_t>(seed % 8), 40);
    run(4 * 60 * kMinuteMs);
    for (const MailboxId id : standing_) {
      ASSERT_EQ(begun_[id].size(), 1U) << "dialled once, seed " << seed;
      ASSERT_TRUE(lines_.contains(id));
    }
    ASSERT_EQ(begun_.size(), all_.size());
    const auto [shortest, longest] = gaps();
    ASSERT_GE(shortest, 10 * kMinuteMs) << "seed " << seed;
    ASSERT_LE(longest, 20 * kMinuteMs) << "seed " << seed;
  }
}

// WIR-12.3
TEST_F(LanesTest, TheOrderChangesFromRoundToRoundAndIsNotThatOfTheVault) {
  start(3, 7, 10);
  run(60 * kMinuteMs);
  const auto round = [&](std::ptrdiff_t from) {
    return std::vector(order_.begin() + from, order_.begin() + from + 10);
  };
  EXPECT_FALSE(std::ranges::is_sorted(round(7)));
  EXPECT_NE(round(7), round(17));
}

// WIR-12.4
TEST_F(LanesTest, AtTheStartAllAreVisitedAtOnceOverTheLanesNobodyKeeps) {
  start(4, 2, 12);
  EXPECT_EQ(lanes_.unread().size(), 14U);
  step();
  EXPECT_EQ(lanes_.open().size(), kLanes);
  run(30'000);
  EXPECT_EQ(lanes_.unread().size(), 0U);
  EXPECT_THAT(lanes_.open(), testing::UnorderedElementsAreArray(standing_));
}

// WIR-12.4
TEST_F(LanesTest, WhoAsksForWhatHasComeHasAllVisitedAgain) {
  start(5, 7, 5);
  run(kMinuteMs);
  ASSERT_EQ(lanes_.unread().size(), 0U);
  lanes_.visit_all(now_);
  EXPECT_EQ(lanes_.unread().size(), 5U);
  EXPECT_LE(lanes_.due(), now_);
  run(kMinuteMs);
  EXPECT_EQ(lanes_.unread().size(), 0U);
}

// WIR-12.5
TEST_F(LanesTest, WithMoreThanFitsTheTimeGivesForAllAlike) {
  start(6, 7, 400);
  run(3 * 60 * kMinuteMs);
  ASSERT_EQ(begun_.size(), all_.size());
  // One lane, 400 visits of at most 8.5 seconds.
  EXPECT_LE(gaps().second, 400 * 8'500 + kMinuteMs);
  EXPECT_GE(gaps().first, 10 * kMinuteMs);
}

// WIR-12.5
TEST_F(LanesTest, ARelayThatIsDownKeepsNobodyFromTheOthersAndIsNotHammered) {
  start(7, 7, 40);
  for (const MailboxId id : numbers(8, 20)) down_.insert(id);
  run(4 * 60 * kMinuteMs);
  EXPECT_LE(gaps().second, 20 * kMinuteMs);
  std::vector<Milliseconds> dials;
  for (const MailboxId id : down_) dials.insert(dials.end(), begun_[id].begin(), begun_[id].end());
  std::ranges::sort(dials);
  for (std::size_t i = 12; i < dials.size(); ++i)
    ASSERT_GT(dials[i] - dials[i - 12], kMinuteMs) << "twelve dials a minute";
  EXPECT_EQ(lanes_.unread().size(), down_.size());
  down_.clear();
  run(5 * kMinuteMs);
  EXPECT_EQ(lanes_.unread().size(), 0U);
}

// WIR-12.3
TEST_F(LanesTest, AVisitThatDoesNotEndGivesItsLaneToTheNext) {
  start(8, 7, 2);
  lanes_.step(now_);
  const std::vector<MailboxId> before = lanes_.open();
  ASSERT_EQ(before.size(), kLanes);
  now_ += kLongestVisitMs;
  lanes_.step(now_);
  now_ += kLongestDelayMs;
  lanes_.step(now_);
  EXPECT_EQ(lanes_.open().size(), kLanes);
  EXPECT_NE(lanes_.open(), before);
}

// WIR-12.2
TEST_F(LanesTest, WhoBecomesActiveGetsTheLaneOfWhoIsNot) {
  start(9, 7, 1);
  run(kMinuteMs);
  standing_ = numbers(2, 7);
  lanes_.watch(all_, standing_, now_);
  run(kStepMs);
  EXPECT_THAT(lanes_.open(), testing::UnorderedElementsAreArray(standing_));
  run(19 * kMinuteMs);
  EXPECT_EQ(begun_[MailboxId{1}].size(), 2U) << "its standing line, and a visit";
}

TEST_F(LanesTest, AVisitBecomesAStandingLineWithoutADial) {
  start(10, 0, 1);
  step();
  standing_ = all_;
  lanes_.watch(all_, standing_, now_);
  run(60 * kMinuteMs);
  EXPECT_EQ(begun_[MailboxId{1}].size(), 1U);
}

TEST_F(LanesTest, AStandingLineThatBrokeIsUnreadUntilItIsReadAgain) {
  start(11, 1, 0);
  run(kMinuteMs);
  ASSERT_EQ(lanes_.unread().size(), 0U);
  lanes_.on_lost({1}, now_);
  EXPECT_EQ(lanes_.unread().size(), 1U);
  EXPECT_EQ(lanes_.open().size(), 1U) << "its own connection dials again";
  lanes_.on_read({1});
  EXPECT_EQ(lanes_.unread().size(), 0U);
}

TEST_F(LanesTest, AMailboxThatIsGoneHasNoLine) {
  start(12, 3, 3);
  run(kMinuteMs);
  lanes_.watch({}, {}, now_);
  lanes_.step(now_);
  EXPECT_TRUE(lanes_.open().empty());
  EXPECT_EQ(lanes_.unread().size(), 0U);
}

}  // namespace
}  // namespace tocsin::net

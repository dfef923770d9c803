#include "protocol/mailbox/rows.h"

#include <gtest/gtest.h>

#include "tests/support/wire_samples.h"

namespace tocsin {
namespace {

// MBX-1.3: against the civil calendar, leap years and centuries included.
TEST(RowsTest, MonthsCountFromJanuary1970) {
  const auto month = [](std::uint32_t year, std::uint32_t of_year) {
    return Month{(year - 1970) * 12 + of_year - 1};
  };
  EXPECT_EQ(month_of({0}), month(1970, 1));
  EXPECT_EQ(month_of({30}), month(1970, 1));
  EXPECT_EQ(month_of({31}), month(1970, 2));
  EXPECT_EQ(month_of({11'016}), month(2000, 2));  // 29 February 2000
  EXPECT_EQ(month_of({11'017}), month(2000, 3));
  EXPECT_EQ(month_of({20'453}), month(2025, 12));  // 31 December 2025
  EXPECT_EQ(month_of({20'454}), month(2026, 1));
  EXPECT_EQ(month_of({47'540}), month(2100, 2));  // 28 February 2100, no leap year
  EXPECT_EQ(month_of({47'541}), month(2100, 3));
}

// MBX-1.3: counted day by day over four centuries, the months have their lengths.
TEST(RowsTest, EveryMonthHasItsDays) {
  constexpr std::array<std::uint32_t, 12> kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  std::uint32_t day = 0;
  for (std::uint32_t index = 0; index < 400 * 12; ++index) {
    const std::uint32_t year = 1970 + index / 12;
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    const std::uint32_t days = kDays[index % 12] + (index % 12 == 1 && leap ? 1 : 0);
    ASSERT_EQ(month_of({day}).value, index);
    ASSERT_EQ(month_of({day + days - 1}).value, index);
    day += days;
  }
}

// MBX-1.2
TEST(RowsTest, LookupsDifferByKeyKindAndId) {
  SeededRng rng(1);
  const LookupKey key = LookupKey::random(rng);
  const LookupKey other = LookupKey::random(rng);
  const auto read = samples::filled<ReadId>(1);
  const auto drop = samples::filled<DropId>(1);
  EXPECT_EQ(lookup_of(key, read), lookup_of(key, read));
  EXPECT_NE(lookup_of(key, read), lookup_of(key, drop));
  EXPECT_NE(lookup_of(key, read), lookup_of(other, read));
  EXPECT_NE(lookup_of(key, read), lookup_of(key, samples::filled<ReadId>(2)));
}

// MBX-2.1
TEST(RowsTest, SequencesRiseWithinARunAndRunsRiseAboveEachOther) {
  EXPECT_EQ(first_sequence(7).value, 0x0000'0007'0000'0001u);
  EXPECT_EQ(next_sequence(first_sequence(7)).value, 0x0000'0007'0000'0002u);
  EXPECT_EQ(next_sequence({0x0000'0007'ffff'ffff}), Sequence{});
  EXPECT_GT(first_sequence(8), Sequence{0x0000'0007'ffff'ffff});
}

// MBX-1.3
TEST(RowsTest, CellsAndMailboxesLiveThroughTheirLastDay) {
  const CellRow cell{{1}, {}, {100}};
  EXPECT_FALSE(is_expired(cell, {100}));
  EXPECT_TRUE(is_expired(cell, {101}));
  const MailboxRow mailbox{.last_month = month_of({31})};
  EXPECT_FALSE(is_expired(mailbox, {31 + 27}));
  EXPECT_TRUE(is_expired(mailbox, {31 + 28}));
}

// MBX-11.2
TEST(RowsTest, AnOldDropIsGoneAfterItsLastDay) {
  MailboxRow mailbox;
  mailbox.old_drop = OldDrop{samples::filled<LookupHash>(1), {100}, {}};
  EXPECT_TRUE(without_dead_drop(mailbox, {100}).old_drop.has_value());
  EXPECT_FALSE(without_dead_drop(mailbox, {101}).old_drop.has_value());
}

}  // namespace
}  // namespace tocsin

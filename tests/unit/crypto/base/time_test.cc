#include "crypto/base/time.h"

#include <gtest/gtest.h>

#include "crypto/base/codes.h"

namespace tocsin {
namespace {

TEST(TimeTest, ADayIsReadAsPeopleWriteIt) {
  EXPECT_EQ(parse_day("1970-01-01").value(), Day{0});
  EXPECT_EQ(parse_day("2024-02-29").value(), Day{19'782});
  EXPECT_EQ(parse_day("2026-11-27").value(), Day{20'784});
}

TEST(TimeTest, WhatIsNoDayOfTheCalendarIsMalformed) {
  for (const char* text : {"", "2026", "2026-13-01", "2026-02-30", "2025-02-29", "1969-12-31",
                           "2026-1-01", "2026/11/27", "+026-11-27", "-026-11-27", "2026-11-2x",
                           "2026-11-27 ", " 2026-11-27", "2026-00-10", "2026-10-00"})
    EXPECT_EQ(parse_day(text).error().code, kMalformed) << text;
}

}  // namespace
}  // namespace tocsin

// crypto/base/time.h: time as a value. Rooms below relay/ and client/ never read a clock.
//
// Shape:   Day and Hour count from 1970-01-01T00:00Z; Instant is milliseconds from the same point
// Threads: values only
#pragma once

#include <cstdint>
#include <string_view>

#include "crypto/base/result.h"
#include "crypto/base/strong.h"

namespace tocsin {

using Day = Strong<struct DayTag, std::uint32_t>;
using Hour = Strong<struct HourTag, std::uint32_t>;

struct Instant {
  std::int64_t milliseconds = 0;

  constexpr Hour hour() const { return {static_cast<std::uint32_t>(milliseconds / 3'600'000)}; }
  constexpr Day day() const { return {static_cast<std::uint32_t>(milliseconds / 86'400'000)}; }
  friend constexpr auto operator<=>(const Instant&, const Instant&) = default;
};

constexpr Day days_after(Day day, std::uint32_t days) { return {day.value + days}; }
constexpr Day days_before(Day day, std::uint32_t days) {
  return {day.value < days ? 0 : day.value - days};
}
constexpr Instant milliseconds_after(Instant at, std::int64_t milliseconds) {
  return {at.milliseconds + milliseconds};
}

// "2026-11-23" of the Gregorian calendar, from 1970 on; malformed for anything else.
Result<Day> parse_day(std::string_view text);

}  // namespace tocsin

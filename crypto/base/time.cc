#include "crypto/base/time.h"

#include <charconv>
#include <chrono>

#include "crypto/base/codes.h"

namespace tocsin {
namespace {

// A number of exactly these characters.
Result<unsigned> digits(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.front() == '-')
    return fail(kMalformed, "day");
  return value;
}

}  // namespace

Result<Day> parse_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return fail(kMalformed, "day");
  const std::chrono::year_month_day date(
      std::chrono::year(static_cast<int>(TRY(digits(text.substr(0, 4))))),
      std::chrono::month(TRY(digits(text.substr(5, 2)))),
      std::chrono::day(TRY(digits(text.substr(8, 2)))));
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  if (!date.ok() || days < 0) return fail(kMalformed, "day");
  return Day{static_cast<std::uint32_t>(days)};
}

}  // namespace tocsin

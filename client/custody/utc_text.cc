#include "client/custody/utc_text.h"

#include "protocol/alert/render.h"

namespace tocsin {
namespace {

constexpr std::uint64_t kSecondsOfDay = 86'400;
constexpr std::uint64_t kEndOf9999 = 253'402'300'800;

std::string two(std::uint64_t number) { return (number < 10 ? "0" : "") + std::to_string(number); }

std::string clock_text(std::uint64_t seconds) {
  const std::uint64_t of_day = seconds % kSecondsOfDay;
  return two(of_day / 3'600) + ":" + two(of_day / 60 % 60) + ":" + two(of_day % 60);
}
std::string date_text(std::uint64_t seconds) {
  return day_text(Day{static_cast<std::uint32_t>(seconds / kSecondsOfDay)});
}

}  // namespace

std::optional<std::string> rfc3339(std::uint64_t seconds) {
  if (seconds >= kEndOf9999) return std::nullopt;
  return date_text(seconds) + "T" + clock_text(seconds) + "Z";
}

std::string utc_text(std::uint64_t seconds) {
  if (seconds >= kEndOf9999) return "a time that does not exist";
  return date_text(seconds) + " " + clock_text(seconds) + " UTC";
}

}  // namespace tocsin

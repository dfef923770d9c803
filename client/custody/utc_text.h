// client/custody/utc_text.h: seconds since 1970 as a date and time.
//
// Shape:   UTC of the Gregorian calendar, years 1970 … 9999
// Threads: values only
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace tocsin {

// "2027-01-15T08:00:00Z" (RFC 3339, xsd:dateTime), if the year has four digits.
std::optional<std::string> rfc3339(std::uint64_t seconds);
// "2027-01-15 08:00:00 UTC", or in words that there is no such time.
std::string utc_text(std::uint64_t seconds);

}  // namespace tocsin

#include "protocol/codes.h"

#include <gtest/gtest.h>

#include <set>

namespace tocsin {
namespace {

// ERR-1
TEST(CodesTest, EveryNamedCodeHasItsOwnNameInItsOwnBlock) {
  std::set<std::string_view> names;
  for (std::uint16_t value = 0; value < 5000; ++value) {
    const std::string_view crypto = crypto_code_name(Code{value});
    const std::string_view protocol = protocol_code_name(Code{value});
    EXPECT_TRUE(crypto.empty() || value / 1000 == 1) << value;
    EXPECT_TRUE(protocol.empty() || value / 1000 == 2) << value;
    for (const std::string_view name : {crypto, protocol}) {
      if (name.empty()) continue;
      EXPECT_TRUE(names.insert(name).second) << name;
    }
  }
  EXPECT_EQ(crypto_code_name(kMalformed), "malformed");
  EXPECT_EQ(protocol_code_name(kUnsupportedVersion), "unsupported_version");
}

// ERR-2: there is no room in an error for anything but a code, a literal and a number.
TEST(CodesTest, AnErrorHasNoPlaceForContent) {
  static_assert(std::is_trivially_copyable_v<Error>);
  static_assert(std::is_same_v<decltype(Error::where), const char*>);
  static_assert(std::is_same_v<decltype(Error::detail), std::int64_t>);
  EXPECT_EQ(sizeof(Error), sizeof(Code) + 6 + sizeof(const char*) + sizeof(std::int64_t));
}

}  // namespace
}  // namespace tocsin

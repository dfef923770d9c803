#include "protocol/codes.h"

#include <gtest/gtest.h>

#include <set>

namespace tocsin {
namespace {

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

}  // namespace
}  // namespace tocsin

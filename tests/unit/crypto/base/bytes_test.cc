#include "crypto/base/bytes.h"

#include <gtest/gtest.h>

#include "crypto/base/codes.h"

namespace tocsin {
namespace {

TEST(BytesTest, HexadecimalTextHasOneForm) {
  const Bytes bytes{0x00, 0xab, 0xff};
  EXPECT_EQ(to_hex(bytes), "00abff");
  EXPECT_EQ(from_hex("00abff").value(), bytes);
  EXPECT_TRUE(from_hex("").value().empty());
  for (const char* bad : {"0", "0g", "ABCD", "00 ff", "00ff\n"})
    EXPECT_FALSE(from_hex(bad).has_value()) << bad;
}

TEST(BytesTest, Base64UrlTextHasOneForm) {
  const Bytes bytes{0xfb, 0xff, 0x00, 0x01};
  EXPECT_EQ(to_base64url(bytes), "-_8AAQ");
  EXPECT_EQ(from_base64url("-_8AAQ").value(), bytes);
  for (const char* bad : {"-_8AAQ==", "+/8AAQ", "-_8AAR", "A", "-_8A AQ"}) {
    EXPECT_FALSE(from_base64url(bad).has_value()) << bad;
  }
}

TEST(BytesTest, EqualityNeedsTheSameLength) {
  EXPECT_TRUE(equal_in_constant_time(Bytes{1, 2}, Bytes{1, 2}));
  EXPECT_FALSE(equal_in_constant_time(Bytes{1, 2}, Bytes{1, 2, 3}));
  EXPECT_FALSE(equal_in_constant_time(Bytes{1, 2}, Bytes{1, 3}));
}

Result<int> half_of(int value) {
  if (value % 2 != 0) return fail(kMalformed, "odd", value);
  return value / 2;
}
Result<int> quarter_of(int value) { return TRY(half_of(TRY(half_of(value)))); }

TEST(ResultTest, TryPassesTheFirstErrorOn) {
  EXPECT_EQ(quarter_of(8).value(), 2);
  ASSERT_FALSE(quarter_of(6).has_value());
  EXPECT_EQ(quarter_of(6).error().detail, 3);
}

}  // namespace
}  // namespace tocsin

#include "crypto/box/argon2.h"

#include <gtest/gtest.h>

namespace tocsin {
namespace {

constexpr Argon2Cost kSmall{.memory_kibibytes = 64, .passes = 2};

Bytes hash(std::string_view password, std::uint8_t salt_byte, Argon2Cost cost = kSmall) {
  Argon2Salt salt;
  salt.mutable_view()[0] = salt_byte;
  return to_bytes(argon2id(as_bytes(password), salt, cost, 32).value().expose(kExpose));
}

TEST(Argon2Test, EveryInputCounts) {
  EXPECT_EQ(hash("password", 1), hash("password", 1));
  EXPECT_NE(hash("password", 1), hash("passwore", 1));
  EXPECT_NE(hash("password", 1), hash("password", 2));
  EXPECT_NE(hash("password", 1), hash("password", 1, {.memory_kibibytes = 128, .passes = 2}));
  EXPECT_NE(hash("password", 1), hash("password", 1, {.memory_kibibytes = 64, .passes = 3}));
  EXPECT_EQ(hash("", 1).size(), 32U);
}

TEST(Argon2Test, CostsAndLengthsOutsideTheFunctionAreErrors) {
  const Argon2Salt salt;
  EXPECT_EQ(argon2id({}, salt, {.memory_kibibytes = 7, .passes = 1}, 32).error().code, kOutOfRange);
  EXPECT_EQ(argon2id({}, salt, {.memory_kibibytes = 8, .passes = 0}, 32).error().code, kOutOfRange);
  EXPECT_EQ(argon2id({}, salt, kSmall, 15).error().code, kOutOfRange);
  EXPECT_EQ(argon2id({}, salt, kSmall, 65).error().code, kOutOfRange);
}

}  // namespace
}  // namespace tocsin

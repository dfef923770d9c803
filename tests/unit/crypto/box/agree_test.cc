#include "crypto/box/agree.h"

#include <gtest/gtest.h>
#include <sodium.h>

#include "crypto/base/bytes.h"
#include "crypto/base/rng.h"

namespace tocsin {
namespace {

// What the list in agree.cc must come to: any multiple of the cofactor sends a point of low order
// to zero, which libsodium reports.
bool survives_the_cofactor(BytesView key) {
  std::array<std::uint8_t, 32> scalar{};
  scalar[0] = 8;
  std::array<std::uint8_t, 32> product{};
  return crypto_scalarmult_curve25519(product.data(), scalar.data(), key.data()) == 0;
}

void expect_as_libsodium(const Bytes& key) {
  EXPECT_EQ(check_x25519_public(key).has_value(), survives_the_cofactor(key)) << to_hex(key);
}

TEST(AgreeTest, TheListOfLowOrderKeysIsWhatTheCofactorSays) {
  int refused = 0;
  for (const std::string_view text :
       {"0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"}) {
    const Bytes low_order = from_hex(text).value();
    expect_as_libsodium(low_order);
    refused += check_x25519_public(low_order).has_value() ? 0 : 1;
    for (std::size_t bit = 0; bit < 248; ++bit) {  // one bit further is an ordinary key again
      Bytes near = low_order;
      near[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
      if (near[0] < 0xed || near[31] != 0x7f) expect_as_libsodium(near);
    }
  }
  EXPECT_EQ(refused, 5);
  SeededRng rng(1);
  for (int i = 0; i < 200; ++i) {
    Bytes random(32);
    rng.fill(random);
    random[31] &= 0x7f;
    if (random[31] != 0x7f) expect_as_libsodium(random);
  }
}

TEST(AgreeTest, AKeyHasOneForm) {
  Bytes at_prime =
      from_hex("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f").value();
  Bytes nine(32);
  nine[0] = 9;
  EXPECT_TRUE(check_x25519_public(nine).has_value());
  for (int above = 0; above < 19; ++above, ++at_prime[0])  // the second forms of 0 … 18
    EXPECT_FALSE(check_x25519_public(at_prime).has_value()) << above;
  nine[31] = 0x80;  // X25519 would ignore the top bit
  EXPECT_FALSE(check_x25519_public(nine).has_value());
  EXPECT_FALSE(check_x25519_public(Bytes(31)).has_value());
  EXPECT_FALSE(check_x25519_public(Bytes(33)).has_value());
}

}  // namespace
}  // namespace tocsin

#include "crypto/box/agree.h"
#include "crypto/box/sign.h"
#include "tests/vectors/wycheproof.h"

namespace tocsin {
namespace {

TEST(WycheproofTest, Ed25519) {
  for_each_case("ed25519_test.json", [](const WycheproofCase& c) {
    const Result<SigningPublic> key = SigningPublic::from(c.group_bytes("publicKey", "pk"));
    ASSERT_TRUE(key.has_value());
    const Result<Signature> signature = Signature::from(c.bytes("sig"));
    if (!signature.has_value()) {  // another length is no signature
      EXPECT_FALSE(c.is_valid());
      return;
    }
    const Status verified = verify_bytes(*key, c.bytes("msg"), *signature);
    EXPECT_EQ(verified.has_value(), c.is_valid());
    if (!verified.has_value()) {
      EXPECT_EQ(verified.error().code, kBadSignature);
    }
  });
}

// Trap S8: what Wycheproof calls acceptable we refuse: low-order and non-canonical keys.
TEST(WycheproofTest, X25519) {
  for_each_case("x25519_test.json", [](const WycheproofCase& c) {
    const Bytes public_key = c.bytes("public");
    const Bytes secret = c.bytes("private");
    const bool usable = !c.has_flag("ZeroSharedSecret") && !c.has_flag("NonCanonicalPublic");
    EXPECT_EQ(check_x25519_public(public_key).has_value(), usable);
    const Result<AgreedSecret> agreed = x25519_agree(secret, public_key);
    ASSERT_EQ(agreed.has_value(), !c.has_flag("ZeroSharedSecret"));
    if (agreed.has_value()) {
      EXPECT_EQ(to_hex(agreed->expose(kExpose)), to_hex(c.bytes("shared")));
    } else {
      EXPECT_EQ(agreed.error().code, kBadKey);
    }
  });
}

}  // namespace
}  // namespace tocsin

#include "crypto/box/aead.h"
#include "crypto/box/openssl.h"
#include "tests/vectors/wycheproof.h"

namespace tocsin {
namespace {

TEST(WycheproofTest, Aes256CbcWithPadding) {
  for_each_case("aes_cbc_pkcs5_test.json", [](const WycheproofCase& c) {
    const Bytes key = c.bytes("key");
    const Bytes iv = c.bytes("iv");
    const Bytes ciphertext = c.bytes("ct");
    const AesKeyView view{.mode = AesMode::kCbcPkcs7, .key = key, .iv = iv};
    const Result<SecretBytes> plain = aes256_decrypt(view, ciphertext);
    if (key.size() != 32) {  // 128 and 192 bits are not ours
      EXPECT_EQ(plain.error().code, kMalformed);
    } else if (c.is_valid()) {
      ASSERT_TRUE(plain.has_value());
      EXPECT_EQ(to_hex(plain->expose(kExpose)), to_hex(c.bytes("msg")));
      EXPECT_EQ(to_hex(aes256_encrypt(view, c.bytes("msg")).value().expose(kExpose)),
                to_hex(ciphertext));
    } else {
      ASSERT_FALSE(plain.has_value());
      EXPECT_EQ(plain.error().code, kBadCiphertext);
    }
  });
}

TEST(WycheproofTest, XChaCha20Poly1305) {
  for_each_case("xchacha20_poly1305_test.json", [](const WycheproofCase& c) {
    const Bytes key = c.bytes("key");
    const Bytes associated = c.bytes("aad");
    const Bytes sealed = concat({c.bytes("ct"), c.bytes("tag")});
    const Result<Nonce> nonce = Nonce::from(c.bytes("iv"));
    if (!nonce.has_value()) {  // another length of nonce has no type here
      EXPECT_TRUE(c.has_flag("InvalidNonceSize"));
      return;
    }
    const AeadParameters parameters{.key = key, .nonce = *nonce, .associated = associated};
    const Result<SecretBytes> plain = open(parameters, sealed);
    ASSERT_EQ(plain.has_value(), c.is_valid());
    if (c.is_valid()) {
      EXPECT_EQ(to_hex(plain->expose(kExpose)), to_hex(c.bytes("msg")));
      EXPECT_EQ(to_hex(seal(parameters, c.bytes("msg"))), to_hex(sealed));
    } else {
      EXPECT_EQ(plain.error().code, kBadCiphertext);
    }
  });
}

}  // namespace
}  // namespace tocsin

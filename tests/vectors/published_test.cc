// Vectors for the primitives Wycheproof has no file for. BLAKE2b: RFC 7693 appendix A and the
// reference implementation's keyed known answers. Argon2id: the password hash of the seeded user in
// L. Palmieri, "Zero To Production In Rust", made with RustCrypto's implementation. sntrup761: our
// own, from seed 1 of SeededRng; it shows that the library and its randomness have not changed.
#include <gtest/gtest.h>

#include <numeric>

#include "crypto/box/argon2.h"
#include "crypto/box/hash.h"
#include "crypto/box/scrypt.h"
#include "crypto/kem/kem.h"

namespace tocsin {
namespace {

std::string blake2b_hex(BytesView key, BytesView message) {
  std::array<std::uint8_t, 64> digest{};
  blake2b(key, {message}, digest);
  return to_hex(digest);
}

Bytes counting(std::size_t size) {
  Bytes bytes(size);
  std::iota(bytes.begin(), bytes.end(), std::uint8_t{0});
  return bytes;
}

TEST(PublishedTest, Blake2b) {
  EXPECT_EQ(blake2b_hex({}, as_bytes("abc")),
            "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
            "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
  EXPECT_EQ(blake2b_hex(counting(64), {}),
            "10ebb67700b1868efb4417987acf4690ae9d972fb7a590c2f02871799aaa4786"
            "b5e996e8f0f4eb981fc214b005f42d2ff4233499391653df7aefcbc13fc51568");
}

TEST(PublishedTest, Argon2id) {
  // $argon2id$v=19$m=15000,t=2,p=1$OEx/rcq+3ts//WUDzGNl2g$Am8UFBA4w5NJEmAtquGvBmAlu92q/VQcaoL5AyJPfc8
  const auto salt = Argon2Salt::from(from_base64url("OEx_rcq-3ts__WUDzGNl2g").value()).value();
  const auto hash = argon2id(as_bytes("everythinghastostartsomewhere"), salt,
                             {.memory_kibibytes = 15000, .passes = 2}, 32);
  EXPECT_EQ(to_base64url(hash.value().expose(kExpose)),
            "Am8UFBA4w5NJEmAtquGvBmAlu92q_VQcaoL5AyJPfc8");
}

TEST(PublishedTest, HkdfSha256) {  // RFC 5869 appendix A.1
  const Bytes ikm(22, 0x0b);
  const Bytes salt = from_hex("000102030405060708090a0b0c").value();
  const Bytes info = from_hex("f0f1f2f3f4f5f6f7f8f9").value();
  EXPECT_EQ(to_hex(hkdf_sha256(salt, ikm, info, 42).expose(kExpose)),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
}

TEST(PublishedTest, Scrypt) {  // RFC 7914 section 12, the first 32 of its 64 bytes
  EXPECT_EQ(to_hex(scrypt(as_bytes("pleaseletmein"), as_bytes("SodiumChloride"), 14)
                       .value()
                       .expose(kExpose)),
            "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2");
}

TEST(PublishedTest, Base64) {  // RFC 4648 section 10, and what is not canonical
  for (const auto& [plain, text] :
       {std::pair{"", ""}, std::pair{"f", "Zg=="}, std::pair{"foob", "Zm9vYg=="},
        std::pair{"foobar", "Zm9vYmFy"}}) {
    EXPECT_EQ(to_base64(as_bytes(plain), Base64Padding::kWith), text);
    EXPECT_EQ(from_base64(text, Base64Padding::kWith).value(), to_bytes(as_bytes(plain)));
  }
  for (const std::string_view text : {"Zg", "Zh==", "Zg=", "Zg==\n", " Zg==", "Zg-_"})
    EXPECT_EQ(from_base64(text, Base64Padding::kWith).error().code, kMalformed) << text;
  EXPECT_EQ(from_base64("Zg==", Base64Padding::kNone).error().code, kMalformed);
  EXPECT_EQ(to_base64(Bytes{0xfb, 0xff}, Base64Padding::kNone), "+/8");
}

TEST(PublishedTest, Sntrup761OfOurOwn) {
  SeededRng rng(1);
  const KemPair pair = make_kem_pair(rng);
  const KemEncapsulation sent = kem_encapsulate(pair.public_key, rng);
  EXPECT_EQ(to_hex(sha256({pair.public_key.view()}).view()),
            "9f81e475e7646c786bb1cfef162ef704ca0409fa2c191deb04f4c7ddd4af66a6");
  EXPECT_EQ(to_hex(sha256({pair.secret.expose(kExpose)}).view()),
            "8d23eb50c699b7c3aae669620e007d7b3e9b6819d2508274dac787e2c004b1a0");
  EXPECT_EQ(to_hex(sha256({sent.ciphertext.view()}).view()),
            "241b3bf1abae7a16cb94acc4a7c69e660a836eae6bbee46853342b6d75118942");
  EXPECT_EQ(to_hex(sent.shared.expose(kExpose)),
            "34cb007c2717fb96d368e33845902997e738058f838a2efa68ffda761d5ffdde");
}

}  // namespace
}  // namespace tocsin

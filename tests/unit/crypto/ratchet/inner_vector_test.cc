// Spec: protocol/spec/inner.md: the published vector, opened by the wall and, independently,
// by the steps of INN-2.3 written out here with the room's own primitives.
#include <gtest/gtest.h>

#include "crypto/box/agree.h"
#include "crypto/box/hash.h"
#include "crypto/box/openssl.h"
#include "crypto/ratchet/fingerprint.h"
#include "crypto/ratchet/identity.h"
#include "crypto/ratchet/wall.h"

namespace tocsin {
namespace {

// Secrets: 32 times 0x11 (initiator identity), 0x22 (responder identity), 0x33 (prekey, id 7).
constexpr std::string_view kInitiator =
    "7b4e909bbe7ffe44c465a220037d608ee35897d31ef972f07f74892cb0f73f13";
constexpr std::string_view kResponder =
    "0faa684ed28867b97f4a6a2dee5df8ce974e76b7018e3f22a1c4cf2678570f20";
constexpr std::string_view kPrekey =
    "7b0d47d93427f8311160781c7c733fd89f88970aef490d8aa0ee19a4cb8a1b14";
constexpr std::string_view kPrekeySignature =
    "0312572f3aa989339301f8991351ce4749ae8b9a8cb1a8276c55c6d8d8bb7aba"
    "4ba3e26315190f1e2e2d0d601d3d94a77b2a660f02d80fd181939f7785e94107";
constexpr std::string_view kFirst =
    "33122105335b8c8f89eaf07379007e8e77580e2d4646a82be381d1451c5582fe"
    "af154b7b1a21057b4e909bbe7ffe44c465a220037d608ee35897d31ef972f07f"
    "74892cb0f73f132242330a21055dd4480ec3628e654c45d2fc763c7399e06b93"
    "bb03521dbf36872f3333e7cc5d100018002210589f7f9b79d0a701b4b20db53e"
    "c0fff8cdf6bdaeaf52b1e728013007";
constexpr std::string_view kSecond =
    "33122105335b8c8f89eaf07379007e8e77580e2d4646a82be381d1451c5582fe"
    "af154b7b1a21057b4e909bbe7ffe44c465a220037d608ee35897d31ef972f07f"
    "74892cb0f73f132242330a21055dd4480ec3628e654c45d2fc763c7399e06b93"
    "bb03521dbf36872f3333e7cc5d100118002210843a864c04ed94c83d2d2cbdf4"
    "e673da496b54c361420e3228013007";
constexpr std::string_view kFirstText = "The bell rings.";
constexpr std::string_view kSecondText = "It rings again.";

class InnerVectorTest : public testing::Test {
 protected:
  template <class SecretValue>
  static SecretValue secret(std::uint8_t byte) {
    return SecretValue::from(Bytes(32, byte)).value();
  }
  template <class FixedValue>
  static FixedValue value(std::string_view hex) {
    return FixedValue::from(from_hex(hex).value()).value();
  }

  IdentitySecret responder_ = secret<IdentitySecret>(0x22);
  PrekeySecret prekey_ = secret<PrekeySecret>(0x33);
  Bytes first_ = from_hex(kFirst).value();
  Bytes second_ = from_hex(kSecond).value();
};

TEST_F(InnerVectorTest, ThePublicKeysAndThePrekeySignatureAreThoseOfThePage) {  // INN-9.1
  EXPECT_EQ(identity_public_of(secret<IdentitySecret>(0x11)), value<IdentityPublic>(kInitiator));
  EXPECT_EQ(identity_public_of(responder_), value<IdentityPublic>(kResponder));
  EXPECT_TRUE(verify_prekey(value<IdentityPublic>(kResponder), value<PrekeyPublic>(kPrekey),
                            value<Signature>(kPrekeySignature))
                  .has_value());
}

TEST_F(InnerVectorTest, TheWallOpensBothMessages) {  // INN-9.2
  SystemRng rng;
  const InnerParty party{{value<IdentityPublic>(kResponder), responder_}, SessionId{}, rng};
  const auto first = inner_open_first(
      party,
      {first_, value<IdentityPublic>(kInitiator), {7, value<PrekeyPublic>(kPrekey), prekey_}});
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(as_text(first->plaintext.expose(kExpose)), kFirstText);
  const auto second = inner_open(party, first->record, {second_, InnerForm::kPrekey, first->pin});
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(as_text(second->plaintext.expose(kExpose)), kSecondText);
}

// HKDF-SHA-256 (RFC 5869), for outputs the page asks for.
Bytes hkdf_sha256(BytesView salt, BytesView ikm, std::string_view info, std::size_t length) {
  const Sha256 key = hmac_sha256(salt, {ikm});
  Bytes out;
  Bytes block;
  for (std::uint8_t number = 1; out.size() < length; ++number) {
    const std::array<std::uint8_t, 1> counter{number};
    block = to_bytes(hmac_sha256(key.view(), {block, as_bytes(info), counter}).view());
    out.insert(out.end(), block.begin(), block.end());
  }
  out.resize(length);
  return out;
}

Bytes agree(BytesView secret, BytesView point) {
  return to_bytes(x25519_agree(secret, point).value().expose(kExpose));
}

TEST_F(InnerVectorTest, TheStepsOfThePageOpenTheFirstMessage) {  // INN-2.3, INN-9.2
  // Fixed places: every field of this message has the length INN-2.3 gives it.
  const BytesView message = first_;
  const BytesView base_key = message.subspan(1 + 3, 32);
  const BytesView identity = message.subspan(1 + 35 + 3, 32);
  const BytesView inside = message.subspan(1 + 35 + 35 + 2, message[1 + 35 + 35 + 1]);
  const BytesView ratchet_key = inside.subspan(1 + 3, 32);
  const BytesView ciphertext = inside.subspan(1 + 35 + 2 + 2 + 2, 16);
  EXPECT_EQ(to_hex(identity), kInitiator);
  EXPECT_EQ(inside.size(), 1 + 35 + 2 + 2 + 2 + 16 + 8U);

  const BytesView prekey = prekey_.expose(kExpose);
  const Bytes zero(32);
  const Bytes master =
      hkdf_sha256(zero,
                  concat({Bytes(32, 0xff), agree(prekey, identity),
                          agree(responder_.expose(kExpose), base_key), agree(prekey, base_key)}),
                  "WhisperText", 64);
  const Bytes turn =
      hkdf_sha256(BytesView(master).first(32), agree(prekey, ratchet_key), "WhisperRatchet", 64);
  const std::array<std::uint8_t, 1> one{1};
  const Sha256 seed = hmac_sha256(BytesView(turn).subspan(32), {one});
  const Bytes keys = hkdf_sha256(zero, seed.view(), "WhisperMessageKeys", 80);

  const Bytes sender = concat({Bytes{0x05}, identity});
  const Bytes receiver = concat({Bytes{0x05}, value<IdentityPublic>(kResponder).view()});
  const Sha256 mac = hmac_sha256(BytesView(keys).subspan(32, 32),
                                 {sender, receiver, inside.first(inside.size() - 8)});
  EXPECT_EQ(to_hex(mac.view().first(8)), to_hex(inside.last(8)));
  const auto plaintext = aes256_decrypt(
      {AesMode::kCbcPkcs7, BytesView(keys).first(32), BytesView(keys).subspan(64)}, ciphertext);
  ASSERT_TRUE(plaintext.has_value());
  EXPECT_EQ(as_text(plaintext->expose(kExpose)), kFirstText);
}

TEST_F(InnerVectorTest, TheFingerprintsAreThoseOfThePage) {  // INN-9.3
  const IdentityPublic initiator = value<IdentityPublic>(kInitiator);
  const IdentityPublic responder = value<IdentityPublic>(kResponder);
  EXPECT_EQ(safety_number(initiator, responder).value(),
            "486010673431211395897939914304974438467894554057281726225673");
  EXPECT_EQ(safety_half(initiator).value(), "974438467894554057281726225673");
  const std::array<std::string, kVerificationWords> one{"nibal", "masil", "mirin",
                                                        "kalas", "sanim", "lakil"};
  const std::array<std::string, kVerificationWords> other{"nikar", "sadas", "lidin",
                                                          "nidim", "rarid", "lasir"};
  EXPECT_EQ(verification_words(initiator).value(), one);
  EXPECT_EQ(verification_words(responder).value(), other);
}

}  // namespace
}  // namespace tocsin

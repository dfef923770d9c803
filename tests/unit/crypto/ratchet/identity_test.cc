// Spec: protocol/spec/inner.md.
#include "crypto/ratchet/identity.h"

#include <gtest/gtest.h>

#include <set>

#include "crypto/box/hash.h"
#include "crypto/ratchet/fingerprint.h"

namespace tocsin {
namespace {

class IdentityTest : public testing::Test {
 protected:
  SeededRng rng_{5};
  IdentityPair alice_ = make_identity_pair(rng_);
  IdentityPair bob_ = make_identity_pair(rng_);
  Bytes message_ = to_bytes(as_bytes("a message"));
};

TEST_F(IdentityTest, ASignatureVerifiesUnderItsKeyDomainAndMessageOnly) {  // INN-7.1
  const IdentityMessage signed_message{Label::kIdentity, message_};
  const Signature signature = identity_sign(alice_.secret, signed_message, rng_).value();
  EXPECT_TRUE(identity_verify(alice_.public_key, signed_message, signature).has_value());
  EXPECT_EQ(identity_verify(bob_.public_key, signed_message, signature).error().code,
            kBadSignature);
  EXPECT_EQ(identity_verify(alice_.public_key, {Label::kRecord, message_}, signature).error().code,
            kBadSignature);
  EXPECT_EQ(identity_verify(alice_.public_key, {Label::kIdentity, BytesView(message_).first(3)},
                            signature)
                .error()
                .code,
            kBadSignature);
}

TEST_F(IdentityTest, AFlippedBitAnywhereInTheSignatureIsRefused) {  // INN-7.1
  const Signature signature = identity_sign_bytes(alice_.secret, message_, rng_).value();
  for (std::size_t bit = 0; bit < 512; ++bit) {
    Signature flipped = signature;
    flipped.mutable_view()[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    EXPECT_FALSE(identity_verify_bytes(alice_.public_key, message_, flipped).has_value()) << bit;
  }
}

TEST_F(IdentityTest, TheSecondFormOfAKeyAndLowOrderKeysAreRefused) {  // INN-7.2, trap S8
  const Signature signature = identity_sign_bytes(alice_.secret, message_, rng_).value();
  IdentityPublic second = alice_.public_key;
  second.mutable_view()[31] |= 0x80;
  EXPECT_EQ(identity_verify_bytes(second, message_, signature).error().code, kBadKey);
  EXPECT_EQ(identity_verify_bytes(IdentityPublic{}, message_, signature).error().code, kBadKey);
}

TEST_F(IdentityTest, APrekeySignatureIsBoundToTheSerialisedKey) {  // INN-7.3
  const PrekeyPair prekey = make_prekey_pair(rng_);
  const Signature signature = sign_prekey(alice_.secret, prekey.public_key, rng_).value();
  EXPECT_TRUE(verify_prekey(alice_.public_key, prekey.public_key, signature).has_value());
  EXPECT_FALSE(
      verify_prekey(alice_.public_key, make_prekey_pair(rng_).public_key, signature).has_value());
  Bytes serialized{0x05};
  serialized.insert(serialized.end(), prekey.public_key.view().begin(),
                    prekey.public_key.view().end());
  EXPECT_TRUE(identity_verify_bytes(alice_.public_key, serialized, signature).has_value());
  EXPECT_FALSE(
      identity_verify_bytes(alice_.public_key, prekey.public_key.view(), signature).has_value());
}

TEST_F(IdentityTest, ThePublicHalfFollowsFromTheSecretHalf) {
  EXPECT_EQ(identity_public_of(alice_.secret), alice_.public_key);
  EXPECT_NE(identity_public_of(bob_.secret), alice_.public_key);
}

// The iterated hash of INN-8.1, written from the spec alone.
Sha512 iterated(const IdentityPublic& party) {
  Bytes serialized{0x05};
  serialized.insert(serialized.end(), party.view().begin(), party.view().end());
  const Bytes version{0, 0};
  Sha512 hash = sha512({version, serialized, as_bytes(to_hex(party.view())), serialized});
  for (int i = 1; i < 5200; ++i) hash = sha512({hash.view(), serialized});
  return hash;
}

TEST_F(IdentityTest, TheSafetyNumberIsTheSameForBothAndFollowsTheSpec) {  // INN-8.1
  const std::string number = safety_number(alice_.public_key, bob_.public_key).value();
  EXPECT_EQ(number.size(), kSafetyDigits);
  EXPECT_EQ(number, safety_number(bob_.public_key, alice_.public_key).value());
  const std::string one = safety_half(alice_.public_key).value();
  const std::string other = safety_half(bob_.public_key).value();
  EXPECT_EQ(one.size(), kSafetyDigits / 2);
  EXPECT_EQ(number, std::min(one, other) + std::max(one, other));

  const Sha512 hash = iterated(alice_.public_key);
  std::string expected;
  for (std::size_t group = 0; group < 6; ++group) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 5; ++i) value = value << 8 | hash.view()[group * 5 + i];
    std::string digits = std::to_string(value % 100000);
    expected += std::string(5 - digits.size(), '0') + digits;
  }
  EXPECT_EQ(one, expected);
}

TEST_F(IdentityTest, TheWordsAreTheFirst66BitsOfTheFingerprint) {  // INN-8.2
  const auto words = verification_words(alice_.public_key).value();
  const Sha512 hash = iterated(alice_.public_key);
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::uint32_t value = 0;
    for (std::size_t bit = i * 11; bit < i * 11 + 11; ++bit)
      value = value << 1 | (std::uint32_t{hash.view()[bit / 8]} >> (7 - bit % 8) & 1U);
    EXPECT_EQ(words[i], verification_word(value));
  }
  EXPECT_NE(words, verification_words(bob_.public_key).value());
}

TEST_F(IdentityTest, ThereAre2048DistinctWordsOfFiveLetters) {  // INN-8.3
  std::set<std::string> words;
  for (std::uint32_t number = 0; number < kWordCount; ++number) {
    const std::string word = verification_word(number);
    EXPECT_EQ(word.size(), kWordLetters);
    words.insert(word);
  }
  EXPECT_EQ(words.size(), kWordCount);
  EXPECT_EQ(verification_word(0), "babab");
  EXPECT_EQ(verification_word(2047), "sisis");
  EXPECT_EQ(verification_word(0b010'1'011'0'110), "kilar");
}

TEST_F(IdentityTest, AnUnusableKeyHasNoFingerprint) {  // INN-8.1
  EXPECT_EQ(safety_half(IdentityPublic{}).error().code, kBadKey);
  IdentityPublic second = alice_.public_key;
  second.mutable_view()[31] |= 0x80;
  EXPECT_EQ(safety_number(alice_.public_key, second).error().code, kBadKey);
}

}  // namespace
}  // namespace tocsin

#include "crypto/vault/credential.h"

#include <gtest/gtest.h>

#include <set>

namespace tocsin {
namespace {

std::string taken(std::string_view typed) {
  const auto credential = Credential::from_text(SecretBytes::copy_of(as_bytes(typed)));
  return std::string(as_text(credential.value().expose(kExpose)));
}

// VLT-6.2
TEST(CredentialTest, WordsAreTakenInAnyCaseAndSpacing) {
  const std::string words = "babab babad lirib sisis babab babad kadib";
  EXPECT_EQ(taken(words), words);
  EXPECT_EQ(taken("  BABAB-babad\tLirib sisis\nbabab  babad kadib \n"), words);
}

TEST(CredentialTest, DigitsAreTakenInAnyGrouping) {
  EXPECT_EQ(taken("1234-5678 9012 345678901234"),
            "1234567890123456"
            "78901234");
}

// VLT-6.3
TEST(CredentialTest, AnyOtherTextIsTakenByteForByte) {
  for (const char* typed :
       {"Correct Horse", " x ", "babab babad", "1234", "1234 5678 9012 3456 7890 12345",
        "babab babad lirib sisis babab babad kadib sisis",
        "babab babad lirib sisis babab babad wrong", "\xd9\x83\xd9\x84\xd9\x85"}) {
    EXPECT_EQ(taken(typed), typed);
  }
}

TEST(CredentialTest, EmptyAndOverlongTextsAreRefused) {
  EXPECT_EQ(Credential::from_text(SecretBytes()).error().code, kMalformed);
  EXPECT_TRUE(Credential::from_text(SecretBytes::zeros(kMaxPassphraseBytes)).has_value());
  EXPECT_EQ(Credential::from_text(SecretBytes::zeros(kMaxPassphraseBytes + 1)).error().code,
            kTooLarge);
}

// VLT-6.4
TEST(CredentialTest, GeneratedWordsAndDigitsAreTakenAsTheyAre) {
  SystemRng rng;
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const SecretBytes words = make_passphrase_words(rng);
    const std::string text(as_text(words.expose(kExpose)));
    EXPECT_EQ(text.size(), kPassphraseWords * (kWordLetters + 1) - 1);
    EXPECT_EQ(taken(text), text);
    EXPECT_TRUE(seen.insert(text).second);
    const SecretBytes digits = make_passphrase_digits(rng);
    EXPECT_EQ(digits.size(), 29U);
    EXPECT_EQ(taken(as_text(digits.expose(kExpose))).size(), kPassphraseDigits);
  }
}

}  // namespace
}  // namespace tocsin

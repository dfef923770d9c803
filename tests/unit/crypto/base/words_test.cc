#include "crypto/base/words.h"

#include <gtest/gtest.h>

#include <set>

namespace tocsin {
namespace {

// VLT-6.1
TEST(WordsTest, EveryNumberHasItsOwnWordAndBack) {
  std::set<std::string> words;
  for (std::uint32_t number = 0; number < kWordCount; ++number) {
    const std::string word = word_of(number);
    EXPECT_EQ(word.size(), kWordLetters);
    EXPECT_EQ(number_of_word(word), number);
    words.insert(word);
  }
  EXPECT_EQ(words.size(), kWordCount);
}

TEST(WordsTest, KnownWords) {
  EXPECT_EQ(word_of(0), "babab");
  EXPECT_EQ(word_of(1), "babad");
  EXPECT_EQ(word_of(8), "babib");
  EXPECT_EQ(word_of(1000), "lirib");
  EXPECT_EQ(word_of(2047), "sisis");
}

TEST(WordsTest, WhatIsNoWordHasNoNumber) {
  for (const char* text : {"", "baba", "babab ", "Babab", "bebab", "abbab", "babax"})
    EXPECT_EQ(number_of_word(text), std::nullopt) << text;
}

}  // namespace
}  // namespace tocsin

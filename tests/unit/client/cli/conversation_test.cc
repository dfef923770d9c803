#include "client/cli/conversation.h"

#include <gtest/gtest.h>

namespace tocsin {
namespace {

// PHR-8.2
TEST(ConversationTest, NumbersAreTypedInTheDigitsOfTheKeyboard) {
  EXPECT_EQ(typed_number("1", 8), 1U);
  EXPECT_EQ(typed_number(" 8 ", 8), 8U);
  EXPECT_EQ(typed_number("٣", 8), 3U);  // Arabic
  EXPECT_EQ(typed_number("۷", 8), 7U);  // Persian
  EXPECT_EQ(typed_number("५", 8), 5U);  // Devanagari
  EXPECT_EQ(typed_number("१2", 12), 12U);
}

// PHR-8.2
TEST(ConversationTest, AnythingElseIsNoNumber) {
  for (const char* typed : {"", " ", "0", "9", "-1", "1.", "one", "1 2", "\xff", "٠",
                            "99999999999999999999999999999", "1\x1b[A"})
    EXPECT_EQ(typed_number(typed, 8), std::nullopt) << typed;
}

TEST(ConversationTest, AChoiceOfADraftHasItsEnglishBelow) {
  EXPECT_EQ(Choice(Language::kEnglish, Phrase::kSayYes).text, "yes");
  EXPECT_EQ(Choice(Language::kSpanish, Phrase::kSayYes).text, "sí\n[yes]");
}

}  // namespace
}  // namespace tocsin

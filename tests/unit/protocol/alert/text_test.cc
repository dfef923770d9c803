#include "protocol/alert/text.h"

#include <gtest/gtest.h>

#include "protocol/alert/lookalike.h"
#include "protocol/alert/unicode.h"

namespace tocsin {
namespace {

bool plain(std::string_view text, LineBreaks breaks = LineBreaks::kForbidden) {
  return check_plain_text(text, {.max_bytes = 200, .line_breaks = breaks}).has_value();
}

// ALT-4.1
TEST(TextTest, OrdinaryWordsOfEveryScriptArePlain) {
  for (const std::string_view text :
       {"Keep the device, please (now)!", "احتفظ بالجهاز كما هو: مشحوناً.", "उपकरण को वैसा ही रखें।",
        "Őrizze meg az eszközt.", "iOS 17.1.2, +49 (30) 123", "e.g. a phone", "ንቁ ይሁኑ።", ""})
    EXPECT_TRUE(plain(text)) << text;
}

// ALT-4.1
TEST(TextTest, ControlBidiAndInvisibleCharactersAreRefused) {
  for (const std::string_view text :
       {"a\tb",    "a\x1b[31mb", "a\rb",        "a\x7f",   "a\u0085", "a\u200e",     "a\u200f",
        "a\u202e", "a\u2066",    "a\u2069",     "a\u061c", "a\u200b", "a\ufeff",     "a\u00ad",
        "a\u2028", "a\ue000",    "a\U000E0041", "a\ufffd", "a\ufdd0", "a\U0001FFFE", "a\u3164"})
    EXPECT_FALSE(plain(text)) << text;
  EXPECT_FALSE(plain("a\nb"));
  EXPECT_TRUE(plain("a\nb", LineBreaks::kAllowed));
  EXPECT_FALSE(plain(std::string_view("a\0b", 3)));
}

// ALT-4.1
TEST(TextTest, WhatIsNotStrictUtf8IsRefused) {
  for (const std::string_view text : {"\x80", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80",
                                      "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "abc\xe2\x82"})
    EXPECT_FALSE(plain(text));
}

// ALT-4.2
TEST(TextTest, LinksAndMarkupAreRefused) {
  for (const std::string_view text :
       {"see https://x", "HTTP://x", "www.x", "mailto:me", "TEL:1", "tocsin:abc",
        "go to example.org", "a.bc", "sub.مثال", "x\uFF0Eorg", "<b>", "a > b", "`code`",
        "[here](there)", "me@lab.example"})
    EXPECT_FALSE(plain(text)) << text;
}

// ALT-4.3
TEST(TextTest, FloodsOfCombiningMarksAreRefused) {
  EXPECT_TRUE(plain("e\u0301\u0302\u0303\u0304"));
  EXPECT_FALSE(plain("e\u0301\u0302\u0303\u0304\u0305"));
  EXPECT_FALSE(plain("\u0301e"));
  EXPECT_FALSE(plain("e\u200d\u200d\u200d\u200d\u200d"));
}

// ALT-4.1
TEST(TextTest, TheErrorNamesThePlaceAndTheBoundIsInBytes) {
  const auto status = check_plain_text("né\u202ee", {.max_bytes = 20});
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, kNotPlainText);
  EXPECT_EQ(status.error().detail, 3);
  EXPECT_EQ(check_plain_text("ééé", {.max_bytes = 5}).error().code, kTooLarge);
}

// PHR-5.2
TEST(TextTest, ShowingEscapesWhatPlainTextRefuses) {
  EXPECT_EQ(safe_text("a\x1b[2Jb\u202ec", {}), "a\\u{1b}[2Jb\\u{202e}c");
  EXPECT_EQ(safe_text("a\nb\tc", {}), "a b c");
  EXPECT_EQ(safe_text("a\nb", {.line_breaks = LineBreaks::kAllowed}), "a\nb");
  EXPECT_EQ(safe_text("a\xff\xfe z", {}), "a\uFFFD\uFFFD z");
}

// PHR-5.2
TEST(TextTest, ShowingBoundsLengthAndMarks) {
  EXPECT_EQ(safe_text("abcdef", {.max_letters = 3}), "abc…");
  EXPECT_EQ(safe_text("abc", {.max_letters = 3}), "abc");
  std::string flood = "e";
  for (int i = 0; i < 1000; ++i) flood += "\u0301";
  EXPECT_EQ(safe_text(flood, {}), "e\u0301\u0301\u0301\u0301");
}

// PHR-5.2
TEST(TextTest, WhateverIsShownIsFreeOfForbiddenCharacters) {
  std::string every_byte;
  for (int i = 0; i < 256; ++i) every_byte.push_back(static_cast<char>(i));
  for (char32_t point = 0x80; point < 0x30000; point += 7)
    if (point < 0xD800 || point > 0xDFFF) append_utf8(every_byte, point);
  const auto shown = decode_utf8(safe_text(every_byte, {.max_letters = 1'000'000}));
  ASSERT_TRUE(shown.has_value());
  for (const char32_t point : *shown) EXPECT_TRUE(point == U'\uFFFD' || !is_forbidden(point));
}

// PHR-5.3
TEST(TextTest, DirectionIsThatOfTheFirstStrongLetter) {
  EXPECT_EQ(direction_of("123 مرحبا abc"), Direction::kRightToLeft);
  EXPECT_EQ(direction_of("(abc) مرحبا"), Direction::kLeftToRight);
  EXPECT_EQ(direction_of("123"), Direction::kLeftToRight);
  EXPECT_EQ(direction_of("हिन्दी"), Direction::kLeftToRight);
  EXPECT_EQ(isolate("x"), "\u2068x\u2069");
}

// CHA-8.1
TEST(LookalikeTest, NamesThatReadAlikeAreFound) {
  EXPECT_TRUE(names_look_alike("Citizen Lab", "CITIZEN-LAB"));
  EXPECT_TRUE(names_look_alike("Citizen Lab", "Citlzen Lab"));
  EXPECT_TRUE(names_look_alike("Citizen Lab", "Сitizеn Lаb"));  // Cyrillic С, е, а
  EXPECT_TRUE(names_look_alike("Hope Lab", "H0pe Lab"));
  EXPECT_TRUE(names_look_alike("Modern Help", "Modem Help"));
  EXPECT_TRUE(names_look_alike("Hope", "Ｈｏｐｅ"));
  EXPECT_TRUE(names_look_alike("Árvíz", "Arviz"));
  EXPECT_TRUE(names_look_alike("مختبر الأمل", "مختبر الامل"));
  EXPECT_TRUE(names_look_alike("Access Help", "Acess Help"));
  EXPECT_TRUE(names_look_alike("Access Help", "Acecss Help"));
}

// CHA-8.1
TEST(LookalikeTest, DifferentNamesAreTold) {
  EXPECT_FALSE(names_look_alike("Citizen Lab", "Amnesty Tech"));
  EXPECT_FALSE(names_look_alike("Hope", "Rope"));  // too short for a slip to mean anything
  EXPECT_FALSE(names_look_alike("مختبر الأمل", "دار الحرية"));
  EXPECT_FALSE(names_look_alike("Lab North", "Lab South"));
}

}  // namespace
}  // namespace tocsin

#include <gtest/gtest.h>

#include "client/bag/entry_path.h"
#include "client/bag/limits.h"
#include "client/bag/name_key.h"
#include "client/bag/tag_text.h"

namespace tocsin::bag {
namespace {

TEST(BagNamesTest, OnlyWhatStaysBelowTheBagIsSafe) {
  for (const char* path : {"data/a", "data/~a", "data/a b/.c", "a", "data/...", "data/a:b"})
    EXPECT_TRUE(is_safe_path(path)) << path;
  for (const char* path :
       {"",        "/",     "/tmp/a", "..",       "../a",       "data/../../a", "data/..",
        "data//a", "data/", "./a",    "data/./a", "~",          "~/a",          "~root/a",
        "C:",      "c:\\a", "C:/a",   "data\\a",  "data/..\\a", "\\\\?\\C:\\a"})
    EXPECT_FALSE(is_safe_path(path)) << path;
  EXPECT_FALSE(is_safe_path(std::string_view("data/a\0b", 8)));
  EXPECT_FALSE(is_safe_path("data/" + std::string(kMaxComponentBytes + 1, 'a')));
  std::string deep = "data";
  while (deep.size() <= kMaxPathBytes) deep += "/a";
  EXPECT_FALSE(is_safe_path(deep));
}

TEST(BagNamesTest, LineBreaksAndPercentAreEscapedAndNothingElse) {
  EXPECT_EQ(escape_path("data/a\r\nb 100%"), "data/a%0D%0Ab 100%25");
  EXPECT_EQ(unescape_path("data/a%0d%0Ab%25%20%2"), "data/a\r\nb%%20%2");
  EXPECT_EQ(unescape_path("%250A"), "%0A");
  for (const char* path : {"a\nb", "%0A", "%", "100%25", "a\rb%0D"})
    EXPECT_EQ(unescape_path(escape_path(path)), path);
}

TEST(BagNamesTest, SpellingsOfOneNameAreTheSame) {
  EXPECT_EQ(canonical_name("N\u00fa\u00f1ez"), canonical_name("Nu\u0301n\u0303ez"));
  EXPECT_EQ(canonical_name("\ud55c"), canonical_name("\u1112\u1161\u11ab"));  // Hangul
  EXPECT_NE(canonical_name("a"), canonical_name("A"));
  EXPECT_EQ(folded_name("\u00c9T\u00c9"), folded_name("e\u0301te\u0301"));
  EXPECT_EQ(folded_name("\u0414\u0410"), folded_name("\u0434\u0430"));
  EXPECT_NE(folded_name("a"), folded_name("b"));
  EXPECT_EQ(canonical_name("\xff\xfe"), "\xff\xfe");  // no UTF-8: kept
}

TEST(BagNamesTest, Utf8IsStrict) {
  for (const char* text : {"", "a", "\u00e9", "\u20ac", "\U0001F600", "\U0010FFFF"})
    EXPECT_TRUE(is_utf8(text)) << text;
  for (const char* text :
       {"\x80", "\xC0\x80", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
        "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "a\xE2\x82"})
    EXPECT_FALSE(is_utf8(text));
}

TEST(BagNamesTest, EveryKnownEncodingBecomesUtf8) {
  const auto decoded = [](std::string bytes, const char* encoding) {
    return decode_tag_text(std::move(bytes), encoding).value().utf8;
  };
  EXPECT_EQ(decoded("caf\xE9", "ISO-8859-1"), "caf\u00e9");
  EXPECT_EQ(decoded("\x80", "windows-1252"), "\u20ac");
  const std::string big("\0a\0\xE9", 4);
  const std::string little("a\0\xE9\0", 4);
  EXPECT_EQ(decoded(big, "UTF-16BE"), "a\u00e9");
  EXPECT_EQ(decoded(little, "utf-16le"), "a\u00e9");
  EXPECT_EQ(decoded("\xFE\xFF" + big, "UTF-16"), "a\u00e9");
  EXPECT_EQ(decoded("\xFF\xFE" + little, "UTF-16"), "a\u00e9");
  EXPECT_EQ(decoded(big, "UTF-16"), "a\u00e9");
  EXPECT_EQ(decoded(std::string("\0\0\0a", 4), "UTF-32"), "a");
  EXPECT_EQ(decoded("\xEF\xBB\xBFx", "UTF-8"), "x");
  EXPECT_EQ(decoded(std::string(10'000, 'a'), "US-ASCII").size(), 10'000U);
}

TEST(BagNamesTest, OtherEncodingsAndBytesOfNoneAreRefused) {
  EXPECT_FALSE(is_known_encoding("UTF-7"));
  EXPECT_FALSE(is_known_encoding("../../evil"));
  EXPECT_FALSE(is_known_encoding("UTF-8//TRANSLIT"));
  EXPECT_FALSE(decode_tag_text("\xFF", "UTF-8").has_value());
  EXPECT_FALSE(decode_tag_text("\xFF", "US-ASCII").has_value());
  EXPECT_FALSE(decode_tag_text(std::string("\0", 1), "UTF-16BE").has_value());
  EXPECT_FALSE(decode_tag_text("a", "UTF-7").has_value());
}

TEST(BagNamesTest, LinesEndInAnyOfTheThreeWays) {
  std::string_view rest = "a\rb\nc\r\n\nd";
  std::vector<std::string> lines;
  while (const auto line = take_line(rest)) lines.emplace_back(*line);
  EXPECT_EQ(lines, (std::vector<std::string>{"a", "b", "c", "", "d"}));
}

}  // namespace
}  // namespace tocsin::bag

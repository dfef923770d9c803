#include "protocol/alert/html.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "tests/unit/protocol/alert/alert_world.h"

namespace tocsin {
namespace {

class HtmlTest : public AlertTest {
 protected:
  Page page(const AlertBody& body, Language language) {
    const std::vector<KnownOrganisation> organisations{
        {world.chain.get(), world.confirmed_by, AlertWorld::kToday, "the lab"}};
    return render_alert(world.show(world.message(body, {0, 2}), AlertWorld::kToday), organisations,
                        language);
  }
  static std::string without_markup(const std::string& html) {
    std::string text = std::regex_replace(html, std::regex("<[^>]*>"), "");
    for (const auto& [from, to] :
         {std::pair{"&lt;", "<"}, std::pair{"&gt;", ">"}, std::pair{"&quot;", "\""},
          std::pair{"&#39;", "'"}, std::pair{"&amp;", "&"}}) {
      text = std::regex_replace(text, std::regex(from), to);
    }
    return text;
  }
};

// PHR-7.1
TEST_F(HtmlTest, ThePageHoldsEveryLineOfThePlainOneAndTheSameDirection) {
  for (const Language language : {Language::kEnglish, Language::kArabic, Language::kHindi}) {
    const Page shown = page(world.body(), language);
    const std::string html = to_html(shown);
    const std::string text = without_markup(html);
    for (const PageSection& section : shown.sections) {
      for (const PageLine& line : section.lines) {
        EXPECT_NE(text.find(line.text), std::string::npos) << line.text;
        EXPECT_NE(text.find(line.english), std::string::npos) << line.english;
      }
    }
    const std::string opening =
        "<html lang=\"" + std::string(as_text(language_code(language).view())) +
        (language == Language::kArabic ? "\" dir=\"rtl\">" : "\" dir=\"ltr\">");
    EXPECT_NE(html.find(opening), std::string::npos);
  }
}

// PHR-7.2
TEST_F(HtmlTest, WhateverWasWrittenIsTextAndNothingIsFetchedOrRun) {
  // No body carries markup; the page does not rely on it.
  Page shown = page(world.body(), Language::kEnglish);
  shown.sections.front().lines.push_back(
      {.text = "<script>alert(1)</script> & \"quoted\" '<img src=x onerror=y>'",
       .english = "</p><a href='x'>"});
  const std::string html = to_html(shown);
  EXPECT_NE(
      html.find("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quoted&quot; &#39;&lt;img"),
      std::string::npos);
  const std::regex tag("<([a-zA-Z!/][^ >]*)([^>]*)>");
  const std::set<std::string> allowed{"!DOCTYPE", "html",     "/html", "head",   "/head", "meta",
                                      "title",    "/title",   "style", "/style", "body",  "/body",
                                      "section",  "/section", "h2",    "/h2",    "p",     "/p"};
  std::size_t tags = 0;
  for (auto found = std::sregex_iterator(html.begin(), html.end(), tag);
       found != std::sregex_iterator(); ++found, ++tags) {
    EXPECT_TRUE(allowed.contains((*found)[1])) << found->str();
    EXPECT_EQ((*found)[2].str().find("src="), std::string::npos) << found->str();
    EXPECT_EQ((*found)[2].str().find("href="), std::string::npos) << found->str();
  }
  EXPECT_GT(tags, 20U);
  EXPECT_NE(html.find("default-src 'none'"), std::string::npos);
  EXPECT_EQ(html.find("url("), std::string::npos);
}

}  // namespace
}  // namespace tocsin

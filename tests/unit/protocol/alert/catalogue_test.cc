#include "protocol/alert/phrases/catalogue.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>

#include "protocol/alert/phrases/tables.h"
#include "protocol/alert/unicode.h"
#include "protocol/session/fragment.h"
#include "tests/unit/protocol/alert/alert_world.h"

namespace tocsin {
namespace {

// The whole text of the room's and the client's own sources, to find which phrases are used.
std::string sources_below(std::initializer_list<const char*> folders) {
  std::ostringstream all;
  for (const char* folder : folders) {
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(std::string(TOCSIN_SOURCE_DIR) + folder)) {
      const auto extension = entry.path().extension();
      if (extension == ".cc" || extension == ".h") all << std::ifstream(entry.path()).rdbuf();
    }
  }
  return all.str();
}

std::size_t number_of(Phrase phrase) { return static_cast<std::uint16_t>(phrase); }

bool chosen_by_responders(Phrase phrase) {
  return number_of(phrase) >= kFirstDoFirst && number_of(phrase) <= kLastDoNot;
}

// PHR-1.1
TEST(CatalogueTest, EveryLanguageHasEveryPhraseOnceAndNoOther) {
  for (const Language language : kLanguages) {
    if (language == Language::kEnglish) continue;
    const auto rows = translations_into(language);
    ASSERT_EQ(rows.size(), all_phrases().size()) << language_name(language);
    for (std::size_t i = 0; i < rows.size(); ++i)
      EXPECT_EQ(rows[i].number, number_of(all_phrases()[i])) << language_name(language);
  }
}

// PHR-1.2
TEST(CatalogueTest, NumbersFindTheirPhrases) {
  EXPECT_EQ(phrase_of(std::uint16_t{399}), Phrase::kGoldenRule);
  EXPECT_EQ(phrase_of(std::uint16_t{100}), Phrase::kDoKeepAsItIs);
  EXPECT_FALSE(phrase_of(std::uint16_t{0}).has_value());
  EXPECT_FALSE(phrase_of(std::uint16_t{199}).has_value());
  EXPECT_FALSE(phrase_of(std::uint16_t{65'535}).has_value());
  EXPECT_EQ(phrase_name(Phrase::kGoldenRule), "kGoldenRule");
}

// PHR-2.1: nobody has reviewed a translation yet, and the catalogue says so.
TEST(CatalogueTest, ADraftNamesNobodyAndAReviewNamesSomebody) {
  for (const Language language : kLanguages) {
    for (const Phrase phrase : all_phrases()) {
      const PhraseText& text = phrase_text(language, phrase);
      EXPECT_EQ(text.review == Review::kSource, language == Language::kEnglish);
      EXPECT_EQ(text.review == Review::kReviewed, !text.reviewed_by.empty());
      EXPECT_EQ(needs_english_beside(language, phrase), text.review == Review::kDraft);
    }
  }
}

// PHR-4.1
TEST(CatalogueTest, EveryTranslationHasThePlaceholdersOfItsSource) {
  for (const Language language : kLanguages) {
    for (const Phrase phrase : all_phrases()) {
      const std::string_view text = phrase_text(language, phrase).text;
      for (char digit = '0'; digit <= '9'; ++digit) {
        const std::string mark{'{', digit, '}'};
        const std::size_t at = text.find(mark);
        const bool expected = digit - '0' < placeholders(phrase);
        EXPECT_EQ(at != std::string_view::npos, expected)
            << language_name(language) << " " << number_of(phrase) << " " << mark;
        if (expected) {
          EXPECT_EQ(text.find(mark, at + 1), std::string_view::npos) << number_of(phrase);
        }
      }
      EXPECT_EQ(std::ranges::count(text, '{'), placeholders(phrase)) << number_of(phrase);
    }
  }
}

// PHR-1.3
TEST(CatalogueTest, NoTextCarriesControlsBidiOrInvisibleCharactersAndEachFits) {
  constexpr std::size_t kMaxTranslation = 600;  // bytes; Devanagari takes three each
  for (const Language language : kLanguages) {
    for (const Phrase phrase : all_phrases()) {
      const std::string_view text = phrase_text(language, phrase).text;
      const auto points = decode_utf8(text);
      ASSERT_TRUE(points.has_value()) << number_of(phrase);
      EXPECT_FALSE(text.empty());
      EXPECT_LE(text.size(), kMaxTranslation) << language_name(language) << number_of(phrase);
      for (const char32_t point : *points) EXPECT_FALSE(is_forbidden(point)) << number_of(phrase);
      if (chosen_by_responders(phrase)) {
        EXPECT_TRUE(check_plain_text(text, {.max_bytes = kMaxTranslation}).has_value())
            << language_name(language) << number_of(phrase);
      }
    }
  }
}

// ALT-2.3
TEST(CatalogueTest, EveryStepFitsAnAlert) {
  for (const Phrase phrase : all_phrases())
    if (chosen_by_responders(phrase)) {
      EXPECT_LE(phrase_text(Language::kEnglish, phrase).text.size(), kMaxStepText);
      EXPECT_EQ(placeholders(phrase), 0);
    }
}

// The longest phrases of one list, as many as an alert takes.
std::vector<Step> longest_steps(std::size_t first, std::size_t last) {
  std::vector<Step> steps;
  for (const Phrase phrase : all_phrases())
    if (number_of(phrase) >= first && number_of(phrase) <= last) steps.push_back(step_of(phrase));
  std::ranges::sort(steps, std::greater{}, [](const Step& step) { return step.text.size(); });
  if (steps.size() > kMaxSteps) steps.resize(kMaxSteps);
  return steps;
}

// ALT-2.3: whatever responders choose, and as much as they may write beside it, fits four cells,
// even while each of them carries a KEM block.
TEST(CatalogueTest, TheLongestAlertThatCanBeChosenFitsFourCells) {
  AlertWorld world;
  AlertBody body = world.body();
  body.basis = {Basis::kTracesOnDevice};
  body.do_first = longest_steps(kFirstDoFirst, kLastDoFirst);
  body.do_not = longest_steps(kFirstDoNot, kLastDoNot);
  ASSERT_GE(body.do_first.size(), 5U);
  ASSERT_GE(body.do_not.size(), 5U);
  body.family = std::string(kMaxFamilyText, 'f');
  body.device = std::string(kMaxDeviceText, 'd');
  body.call = std::string(kMaxCallText, 'c');
  body.text = std::string(kMaxFreeText, 't');
  AlertMessage message{world.nonce, {DocumentKind::kAlert, encode_alert_body(body).value(), {}}};
  for (std::size_t i = 0; i < kMaxSignatures; ++i)
    message.envelope.signatures.push_back(
        sign_document(world.holders[i].secret, DocumentKind::kAlert, message.envelope.body));
  const std::size_t bytes = encode_alert_message(message).value().size();
  EXPECT_LE(count_fragments(bytes, std::vector<std::size_t>(kAlertCells, kBodyWithKem)).value(),
            kAlertCells);
}

// PHR-1.3
TEST(CatalogueTest, NoTwoPhrasesOfALanguageAreTheSame) {
  for (const Language language : kLanguages) {
    std::set<std::string_view> seen;
    for (const Phrase phrase : all_phrases())
      EXPECT_TRUE(seen.insert(phrase_text(language, phrase).text).second)
          << language_name(language) << number_of(phrase);
  }
}

// PHR-1.4: a step is chosen by its number; each other phrase has its place in the sources.
TEST(CatalogueTest, EveryPhraseIsUsedSomewhere) {
  const std::string sources = sources_below({"/protocol", "/client"});
  for (const Phrase phrase : all_phrases()) {
    if (chosen_by_responders(phrase)) continue;
    const std::string use = "Phrase::" + std::string(phrase_name(phrase));
    EXPECT_NE(sources.find(use), std::string::npos) << use;
  }
}

// PHR-3.1
TEST(CatalogueTest, TheHashCoversPagePhrasesOfAllLanguages) {
  EXPECT_FALSE(catalogue_hash().is_zero());
  EXPECT_EQ(catalogue_hash(), catalogue_hash());
}

// PHR-4.2
TEST(CatalogueTest, ValuesAreMadeSafeAndIsolated) {
  EXPECT_EQ(say(Language::kEnglish, Phrase::kFamily, {"P\u202eegasus\x1b"}),
            "Spyware: \u2068P\\u{202e}egasus\\u{1b}\u2069.");
  EXPECT_EQ(say(Language::kEnglish, Phrase::kWindow, {"a"}),
            "When: between \u2068a\u2069 and {1}.");
  EXPECT_EQ(say(Language::kEnglish, Phrase::kWindow, {"{1}", "b"}),
            "When: between \u2068{1}\u2069 and \u2068b\u2069.");
}

// PHR-2.2
TEST(CatalogueTest, LanguagesAreFoundByCodeAndLocale) {
  EXPECT_EQ(language_from("ar"), Language::kArabic);
  EXPECT_EQ(language_from("ar_EG.UTF-8"), Language::kArabic);
  EXPECT_EQ(language_from("fr-CA"), Language::kFrench);
  EXPECT_EQ(language_from("hu@x"), Language::kHungarian);
  for (const std::string_view unknown : {"", "C", "C.UTF-8", "de", "arabic", "AR", "_"})
    EXPECT_FALSE(language_from(unknown).has_value()) << unknown;
  EXPECT_EQ(language_codes(), "am, ar, en, es, fa, fr, hi, hu, pt, ru, sr, uk");
  EXPECT_EQ(direction_of_language(Language::kArabic), Direction::kRightToLeft);
  EXPECT_EQ(direction_of(language_name(Language::kArabic)), Direction::kRightToLeft);
  for (const Language language : kLanguages)
    EXPECT_EQ(language_from(language_code(language)), language);
}

}  // namespace
}  // namespace tocsin

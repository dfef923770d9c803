#include "protocol/alert/render.h"

#include "protocol/alert/unicode.h"
#include "tests/unit/protocol/alert/alert_world.h"

namespace tocsin {
namespace {

class RenderTest : public AlertTest {
 protected:
  Page page(const AlertMessage& message, Language language, Day today = AlertWorld::kToday) {
    const std::vector<KnownOrganisation> organisations{
        {world.chain.get(), world.confirmed_by, AlertWorld::kToday, "the lab"}};
    return render_alert(world.show(message, today), organisations, language);
  }
  std::string text(const AlertMessage& message, Language language) {
    return to_plain_text(page(message, language));
  }
  static bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
  }
  // Opened isolates are closed on the same line, and nothing else steers direction.
  static void expect_safe(const std::string& text) {
    const auto points = decode_utf8(text);
    ASSERT_TRUE(points.has_value());
    int depth = 0;
    for (const char32_t point : *points) {
      if (point == 0x2068) ++depth;
      if (point == 0x2069) --depth;
      ASSERT_GE(depth, 0);
      if (point == U'\n') {
        ASSERT_EQ(depth, 0);
      } else if (point != 0x2068 && point != 0x2069) {
        ASSERT_FALSE(is_forbidden(point));
      }
    }
    ASSERT_EQ(depth, 0);
  }
};

// PHR-6.1, PHR-6.7
TEST_F(RenderTest, ThePageSaysVerdictStepsAndWhoInEnglish) {
  const std::string shown = text(world.message(world.body(), {0, 2}), Language::kEnglish);
  EXPECT_TRUE(shown.starts_with("AUTHENTIC. \u20682\u2069 different people"));
  EXPECT_TRUE(has(shown, "INFECTED: traces of spyware were found on this device."));
  EXPECT_TRUE(has(shown, "Keep the device as it is"));
  EXPECT_TRUE(has(shown, "Do not speak near it."));
  EXPECT_TRUE(has(shown, "The name of the spyware is not disclosed."));
  EXPECT_TRUE(has(shown, "Which device or account: \u2068your black phone\u2069."));
  EXPECT_TRUE(has(shown, "Signed by: \u2068Amina\u2069."));
  EXPECT_TRUE(has(shown, "Signed by: \u2068Chloe\u2069."));
  EXPECT_TRUE(has(shown,
                  "You call this organisation \u2068the lab\u2069. Its own name is "
                  "“\u2068Hope Lab\u2069”."));
  EXPECT_TRUE(has(shown, "\u2068We checked the copy you gave us.\u2069"));
  EXPECT_FALSE(has(shown, "not been reviewed"));
  expect_safe(shown);
}

// PHR-5.1
TEST_F(RenderTest, EveryPageOfEveryVerdictAndLanguageEndsWithTheGoldenRule) {
  const AlertBody body = world.body();
  AlertMessage unreadable = world.message(body, {0, 1});
  unreadable.envelope.body.resize(5);
  for (const Language language : kLanguages) {
    for (const AlertMessage& message :
         {world.message(body, {0, 1}), world.message(body, {0}), unreadable,
          world.message(world.withdrawal_of(world.body()), {0, 1})}) {
      const Page shown = page(message, language);
      ASSERT_EQ(shown.sections.back().kind, SectionKind::kGoldenRule);
      EXPECT_EQ(shown.sections.back().lines.back().text, say(language, Phrase::kGoldenRule));
      expect_safe(to_plain_text(shown));
    }
    const Page draft = render_draft(body, world.chain->newest().charter, language);
    EXPECT_EQ(draft.sections.back().kind, SectionKind::kGoldenRule);
  }
}

// PHR-2.3
TEST_F(RenderTest, UnreviewedTranslationsStandBesideTheEnglish) {
  const Page shown = page(world.message(world.body(), {0, 1}), Language::kArabic);
  EXPECT_EQ(shown.direction, Direction::kRightToLeft);
  const std::string plain = to_plain_text(shown);
  EXPECT_TRUE(has(plain, "أبقِ الجهاز كما هو"));
  EXPECT_TRUE(has(plain, "[Keep the device as it is, switched on and charged. It is evidence.]"));
  EXPECT_TRUE(has(plain, "لم تُراجَع هذه الترجمة"));
  EXPECT_TRUE(has(plain, "مختبر الأمل"));
}

// PHR-6.2
TEST_F(RenderTest, AStepOfAnotherCatalogueIsShownInTheWordsThatWereSigned) {
  AlertBody body = world.body();
  body.catalogue.mutable_view()[0] ^= 1;
  body.do_first = {step_of(Phrase::kDoKeepAsItIs),
                   {static_cast<std::uint16_t>(Phrase::kDoPutAway), "Wrap it in foil."},
                   {199, "A phrase from the future."}};
  const AlertMessage message = world.message(body, {0, 1});
  const std::string spanish = text(message, Language::kSpanish);
  EXPECT_TRUE(has(spanish, "Deje el dispositivo como está"));
  EXPECT_TRUE(has(spanish, "\u2068Wrap it in foil.\u2069"));
  EXPECT_TRUE(has(spanish, "\u2068A phrase from the future.\u2069"));
  EXPECT_FALSE(has(spanish, "Aleje el dispositivo"));
  EXPECT_TRUE(has(spanish, "otra lista de frases"));
  EXPECT_TRUE(has(text(message, Language::kEnglish), "another list of phrases"));
}

// PHR-6.3
TEST_F(RenderTest, NothingIsHiddenFromANotVerifiedExpiredOrWithdrawnAlert) {
  const AlertBody body = world.body();
  const std::string weak = text(world.message(body, {0}), Language::kEnglish);
  EXPECT_TRUE(has(weak, "NOT VERIFIED."));
  EXPECT_TRUE(has(weak, "Reason: \u20681\u2069 of the \u20682\u2069 people"));
  EXPECT_TRUE(has(weak, "INFECTED"));
  const AlertMessage message = world.message(body, {0, 1});
  const std::string late =
      to_plain_text(page(message, Language::kEnglish, days_after(body.valid_until, 1)));
  EXPECT_TRUE(has(late, "EXPIRED on \u20682024-12-03\u2069."));
  EXPECT_TRUE(has(late, "INFECTED"));
  world.show(world.message(world.withdrawal_of(body), {0, 1}));
  const std::string withdrawn = text(message, Language::kEnglish);
  EXPECT_TRUE(has(withdrawn, "WITHDRAWN"));
  EXPECT_TRUE(has(withdrawn, "INFECTED"));
}

// PHR-6.4
TEST_F(RenderTest, AnUnconfirmedOrganisationComesWithTheWayToConfirmIt) {
  world.confirmed_by = ConfirmedBy::kNothing;
  const std::string shown = text(world.message(world.body(), {0, 1}), Language::kEnglish);
  EXPECT_TRUE(shown.starts_with("SIGNED by \u20682\u2069 of \u20683\u2069 people"));
  EXPECT_TRUE(has(shown, "To confirm the organisation: call it"));
  EXPECT_TRUE(has(shown, "You have not confirmed this organisation."));
}

// ALT-7.7
TEST_F(RenderTest, ASignerRemovedSinceIsNamed) {
  const AlertMessage message = world.message(world.body(), {0, 2});
  world.show(message);
  const Charter next = world.successor(*world.chain, {0, 1, 3}, 2);
  ASSERT_TRUE(world.chain->accept(world.signed_charter(next, {0, 1}), AlertWorld::kToday));
  EXPECT_TRUE(has(text(message, Language::kEnglish),
                  "no longer sign for the organisation: "
                  "\u2068Chloe\u2069."));
}

// CHA-8.2
TEST_F(RenderTest, ALookAlikeAmongKnownOrganisationsIsPointedOut) {
  Charter copycat_charter = world.charter({3, 4, 5}, 2);
  copycat_charter.names = {{language("en"), "Норе Lab"}};  // Cyrillic Норе
  const CharterChain copycat = world.found(copycat_charter, {3, 4});
  const std::vector<KnownOrganisation> both{
      {world.chain.get(), ConfirmedBy::kFile, AlertWorld::kToday, ""},
      {&copycat, ConfirmedBy::kNothing, AlertWorld::kToday, ""}};
  const std::string shown = to_plain_text(render_organisation(both[1], both, Language::kEnglish));
  EXPECT_TRUE(has(shown, "Attention: its name looks like \u2068Hope Lab\u2069"));
}

// CHA-7.1
TEST_F(RenderTest, AnOrganisationShowsHoldersThresholdAndWords) {
  const CharterChain single = world.found(world.charter({4}, 1), {4});
  const KnownOrganisation organisation{&single, ConfirmedBy::kNothing, AlertWorld::kToday, ""};
  const std::string shown =
      to_plain_text(render_organisation(organisation, {&organisation, 1}, Language::kEnglish));
  EXPECT_TRUE(has(shown, "\u20681\u2069 of \u20681\u2069 people must sign together:"));
  EXPECT_TRUE(has(shown, "\u2068Esther\u2069"));
  EXPECT_TRUE(has(shown, "never shown as authentic"));
  const std::vector<std::string> words = organisation_words(single.id());
  ASSERT_EQ(words.size(), 8U);
  for (const std::string& word : words) EXPECT_TRUE(has(shown, word));
  EXPECT_NE(organisation_words(world.chain->id()), words);
  EXPECT_FALSE(has(shown, "Attention"));
}

// CHA-7.1
TEST_F(RenderTest, WordsAreElevenBitsEachFromTheFront) {
  CharterId id;
  const std::vector<std::string> zeros = organisation_words(id);
  id.mutable_view()[1] = 0x20;  // bit 10: the last bit of the first word
  const std::vector<std::string> one = organisation_words(id);
  EXPECT_NE(one[0], zeros[0]);
  EXPECT_EQ(one[1], zeros[1]);
  id.mutable_view()[11] = 0xFF;  // beyond 88 bits
  EXPECT_EQ(organisation_words(id), one);
}

// ALT-9.1
TEST_F(RenderTest, EveryStateOfADeliveryHasItsWords) {
  std::set<Phrase> phrases;
  for (std::uint8_t state = 1; state <= 6; ++state)
    phrases.insert(phrase_of(static_cast<DeliveryState>(state)));
  EXPECT_EQ(phrases.size(), 6U);
  EXPECT_EQ(say(Language::kEnglish, phrase_of(DeliveryState::kAcknowledged)),
            "acknowledged by the person");
}

// ALT-9.2
TEST_F(RenderTest, AfterTwoDaysWithoutReceiptTheSenderIsToldToCall) {
  const Hour sent{1000};
  EXPECT_EQ(hint_of(DeliveryState::kAtRelay, sent, Hour{1048}), Phrase::kCallNow);
  EXPECT_EQ(hint_of(DeliveryState::kUndelivered, sent, Hour{2000}), Phrase::kCallNow);
  EXPECT_FALSE(hint_of(DeliveryState::kQueued, sent, Hour{1047}).has_value());
  EXPECT_FALSE(hint_of(DeliveryState::kOnDevice, sent, Hour{2000}).has_value());
  EXPECT_FALSE(hint_of(DeliveryState::kAtRelay, sent, Hour{10}).has_value());
}

// PHR-6.5
TEST_F(RenderTest, EveryReasonHasItsOwnSentence) {
  std::set<Phrase> phrases;
  for (std::uint8_t reason = 1; reason <= 10; ++reason)
    phrases.insert(phrase_of(static_cast<NotVerifiedReason>(reason)));
  EXPECT_EQ(phrases.size(), 10U);
}

// PHR-6.6
TEST_F(RenderTest, DaysAreCivilDates) {
  EXPECT_EQ(day_text(Day{0}), "1970-01-01");
  EXPECT_EQ(day_text(Day{11'016}), "2000-02-29");
  EXPECT_EQ(day_text(Day{20'000}), "2024-10-04");
  EXPECT_EQ(day_text(Day{20'780}), "2026-11-23");
}

}  // namespace
}  // namespace tocsin

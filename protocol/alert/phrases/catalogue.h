// protocol/alert/phrases/catalogue.h: every sentence a person at risk sees, in twelve languages.
//
// Spec:    protocol/spec/phrases.md PHR-1 … PHR-4
// Shape:   English is the source; each translation is a draft or names its reviewer
// Threads: values only
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/keys/keys.h"
#include "protocol/alert/charter.h"
#include "protocol/alert/text.h"

namespace tocsin {

// Ordered by code; the hash runs in this order.
enum class Language : std::uint8_t {
  kAmharic,
  kArabic,
  kEnglish,
  kSpanish,
  kPersian,
  kFrench,
  kHindi,
  kHungarian,
  kPortuguese,
  kRussian,
  kSerbian,
  kUkrainian
};
inline constexpr std::array kLanguages{
    Language::kAmharic,    Language::kArabic,  Language::kEnglish, Language::kSpanish,
    Language::kPersian,    Language::kFrench,  Language::kHindi,   Language::kHungarian,
    Language::kPortuguese, Language::kRussian, Language::kSerbian, Language::kUkrainian};

LanguageCode language_code(Language language);
std::string_view language_name(Language language);  // in itself: "Español"
std::string language_codes();                       // "am, ar, en …", as people choose from them
Direction direction_of_language(Language language);
// "ar", or a locale such as "ar_EG.UTF-8"; nothing for a language the catalogue lacks.
std::optional<Language> language_from(std::string_view text);
std::optional<Language> language_from(const LanguageCode& code);

// Numbers are for ever: a sentence whose meaning changes gets a new one.
enum class Phrase : std::uint16_t {
#define TOCSIN_PHRASE(number, name, placeholders, text) name = number,
#include "protocol/alert/phrases/en.inc"
#undef TOCSIN_PHRASE
};

inline constexpr std::uint16_t kFirstDoFirst = 100, kLastDoFirst = 199;
inline constexpr std::uint16_t kFirstDoNot = 200, kLastDoNot = 299;
inline constexpr std::uint16_t kLastPagePhrase = 399;  // later ones never stand on an alert's page

enum class Review : std::uint8_t { kSource = 0, kDraft = 1, kReviewed = 2 };

struct PhraseText {
  std::string_view text;
  Review review = Review::kDraft;
  std::string_view reviewed_by;  // who and when, empty for a draft
};

// All phrases, ascending by number.
std::span<const Phrase> all_phrases();
// Typed from a number out of a body; nothing for a number this catalogue lacks.
std::optional<Phrase> phrase_of(std::uint16_t number);
std::string_view phrase_name(Phrase phrase);  // "kDoKeepAsItIs"
std::uint8_t placeholders(Phrase phrase);
const PhraseText& phrase_text(Language language, Phrase phrase);

// The sentence with {0}, {1} … replaced; every value is made safe and isolated first. A missing
// value stays visible as its placeholder.
std::string say(Language language, Phrase phrase, std::span<const std::string> values = {});
inline std::string say(Language language, Phrase phrase,
                       std::initializer_list<std::string> values) {
  return say(language, phrase, std::span<const std::string>(values.begin(), values.size()));
}
// True when the English should stand beside it.
bool needs_english_beside(Language language, Phrase phrase);

// BLAKE2b-256 over all page phrases of all languages with their review status.
const CatalogueHash& catalogue_hash();

}  // namespace tocsin

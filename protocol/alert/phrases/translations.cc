#include <array>

#include "protocol/alert/phrases/tables.h"

#define DRAFT(number, text) PhraseRow{number, {text, Review::kDraft, ""}},
#define REVIEWED(number, by, text) PhraseRow{number, {text, Review::kReviewed, by}},

namespace tocsin {
namespace {

constexpr std::array kAmharicRows{
#include "protocol/alert/phrases/am.inc"
};
constexpr std::array kArabicRows{
#include "protocol/alert/phrases/ar.inc"
};
constexpr std::array kSpanishRows{
#include "protocol/alert/phrases/es.inc"
};
constexpr std::array kPersianRows{
#include "protocol/alert/phrases/fa.inc"
};
constexpr std::array kFrenchRows{
#include "protocol/alert/phrases/fr.inc"
};
constexpr std::array kHindiRows{
#include "protocol/alert/phrases/hi.inc"
};
constexpr std::array kHungarianRows{
#include "protocol/alert/phrases/hu.inc"
};
constexpr std::array kPortugueseRows{
#include "protocol/alert/phrases/pt.inc"
};
constexpr std::array kRussianRows{
#include "protocol/alert/phrases/ru.inc"
};
constexpr std::array kSerbianRows{
#include "protocol/alert/phrases/sr.inc"
};
constexpr std::array kUkrainianRows{
#include "protocol/alert/phrases/uk.inc"
};

}  // namespace

std::span<const PhraseRow> translations_into(Language language) {
  switch (language) {
    case Language::kEnglish:
      return {};
    case Language::kAmharic:
      return kAmharicRows;
    case Language::kArabic:
      return kArabicRows;
    case Language::kSpanish:
      return kSpanishRows;
    case Language::kPersian:
      return kPersianRows;
    case Language::kFrench:
      return kFrenchRows;
    case Language::kHindi:
      return kHindiRows;
    case Language::kHungarian:
      return kHungarianRows;
    case Language::kPortuguese:
      return kPortugueseRows;
    case Language::kRussian:
      return kRussianRows;
    case Language::kSerbian:
      return kSerbianRows;
    case Language::kUkrainian:
      return kUkrainianRows;
  }
  return {};
}

}  // namespace tocsin

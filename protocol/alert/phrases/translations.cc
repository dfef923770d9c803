#include <array>

#include "protocol/alert/phrases/tables.h"

#define DRAFT(number, text) PhraseRow{number, {text, Review::kDraft, ""}},
#define REVIEWED(number, by, text) PhraseRow{number, {text, Review::kReviewed, by}},

namespace tocsin {
namespace {

constexpr std::array kArabicRows{
#include "protocol/alert/phrases/ar.inc"
};
constexpr std::array kSpanishRows{
#include "protocol/alert/phrases/es.inc"
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

}  // namespace

std::span<const PhraseRow> arabic_rows() { return kArabicRows; }
std::span<const PhraseRow> spanish_rows() { return kSpanishRows; }
std::span<const PhraseRow> french_rows() { return kFrenchRows; }
std::span<const PhraseRow> hindi_rows() { return kHindiRows; }
std::span<const PhraseRow> hungarian_rows() { return kHungarianRows; }

}  // namespace tocsin

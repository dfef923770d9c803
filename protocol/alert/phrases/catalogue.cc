#include "protocol/alert/phrases/catalogue.h"

#include <algorithm>
#include <array>

#include "crypto/base/codec.h"
#include "crypto/box/hash.h"
#include "protocol/alert/phrases/tables.h"

namespace tocsin {
namespace {

struct Entry {
  Phrase phrase;
  std::string_view name;
  std::uint8_t placeholders;
};

constexpr std::array kEntries{
#define TOCSIN_PHRASE(number, name, placeholders, text) Entry{Phrase::name, #name, placeholders},
#include "protocol/alert/phrases/en.inc"
#undef TOCSIN_PHRASE
};
constexpr std::array kEnglishTexts{
#define TOCSIN_PHRASE(number, name, placeholders, text) \
  PhraseRow{number, {text, Review::kSource, ""}},
#include "protocol/alert/phrases/en.inc"
#undef TOCSIN_PHRASE
};
constexpr std::array kPhrases = [] {
  std::array<Phrase, kEntries.size()> phrases{};
  std::ranges::transform(kEntries, phrases.begin(), &Entry::phrase);
  return phrases;
}();
static_assert(std::ranges::is_sorted(kPhrases), "one order for lookups and the hash");

std::span<const PhraseRow> rows_of(Language language) {
  if (language == Language::kEnglish) return kEnglishTexts;
  return translations_into(language);
}

CatalogueHash compute_hash() {
  Writer writer;
  for (const Language language : kLanguages) {
    for (const Phrase phrase : kPhrases) {
      const auto number = static_cast<std::uint16_t>(phrase);
      if (number > kLastPagePhrase) continue;
      const PhraseText& text = phrase_text(language, phrase);
      writer.raw(language_code(language).view()).integer(number);
      writer.integer(static_cast<std::uint8_t>(text.review));
      writer.short_field(as_bytes(text.text)).short_field(as_bytes(text.reviewed_by));
    }
  }
  return blake2b_of<CatalogueHash>({label_bytes(Label::kPhrases), writer.view()});
}

constexpr std::size_t kMaxValueLetters = 200;

}  // namespace

std::span<const Phrase> all_phrases() { return kPhrases; }

std::optional<Phrase> phrase_of(std::uint16_t number) {
  const auto found = std::ranges::lower_bound(kPhrases, static_cast<Phrase>(number));
  if (found == kPhrases.end() || static_cast<std::uint16_t>(*found) != number) return std::nullopt;
  return *found;
}

std::string_view phrase_name(Phrase phrase) {
  return std::ranges::lower_bound(kEntries, phrase, {}, &Entry::phrase)->name;
}

std::uint8_t placeholders(Phrase phrase) {
  return std::ranges::lower_bound(kEntries, phrase, {}, &Entry::phrase)->placeholders;
}

const PhraseText& phrase_text(Language language, Phrase phrase) {
  const auto number = static_cast<std::uint16_t>(phrase);
  const std::span<const PhraseRow> rows = rows_of(language);
  const auto found = std::ranges::lower_bound(rows, number, {}, &PhraseRow::number);
  if (found != rows.end() && found->number == number) return found->text;
  // Every language has every phrase (a test holds that); English is the honest answer otherwise.
  return std::ranges::lower_bound(kEnglishTexts, number, {}, &PhraseRow::number)->text;
}

std::string say(Language language, Phrase phrase, std::span<const std::string> values) {
  const std::string_view pattern = phrase_text(language, phrase).text;
  std::string sentence;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const bool placeholder = pattern[i] == '{' && i + 2 < pattern.size() && pattern[i + 2] == '}';
    const std::size_t index = placeholder ? static_cast<std::size_t>(pattern[i + 1] - '0') : 0;
    if (!placeholder || index >= values.size()) {
      sentence.push_back(pattern[i]);
      continue;
    }
    sentence += isolate(safe_text(values[index], {.max_letters = kMaxValueLetters}));
    i += 2;
  }
  return sentence;
}

bool needs_english_beside(Language language, Phrase phrase) {
  return phrase_text(language, phrase).review == Review::kDraft;
}

const CatalogueHash& catalogue_hash() {
  static const CatalogueHash hash = compute_hash();
  return hash;
}

}  // namespace tocsin

#include <algorithm>

#include "protocol/alert/phrases/catalogue.h"

namespace tocsin {
namespace {

struct LanguageRow {
  Language language;
  std::array<std::uint8_t, 2> code;
  std::string_view name;
  Direction direction;
};

constexpr std::array kRows{
    LanguageRow{Language::kAmharic, {'a', 'm'}, "አማርኛ", Direction::kLeftToRight},
    LanguageRow{Language::kArabic, {'a', 'r'}, "العربية", Direction::kRightToLeft},
    LanguageRow{Language::kEnglish, {'e', 'n'}, "English", Direction::kLeftToRight},
    LanguageRow{Language::kSpanish, {'e', 's'}, "Español", Direction::kLeftToRight},
    LanguageRow{Language::kPersian, {'f', 'a'}, "فارسی", Direction::kRightToLeft},
    LanguageRow{Language::kFrench, {'f', 'r'}, "Français", Direction::kLeftToRight},
    LanguageRow{Language::kHindi, {'h', 'i'}, "हिन्दी", Direction::kLeftToRight},
    LanguageRow{Language::kHungarian, {'h', 'u'}, "Magyar", Direction::kLeftToRight},
    LanguageRow{Language::kPortuguese, {'p', 't'}, "Português", Direction::kLeftToRight},
    LanguageRow{Language::kRussian, {'r', 'u'}, "Русский", Direction::kLeftToRight},
    LanguageRow{Language::kSerbian, {'s', 'r'}, "Srpski", Direction::kLeftToRight},
    LanguageRow{Language::kUkrainian, {'u', 'k'}, "Українська", Direction::kLeftToRight}};
static_assert(kRows.size() == kLanguages.size());

const LanguageRow& row_of(Language language) { return kRows[static_cast<std::size_t>(language)]; }

}  // namespace

LanguageCode language_code(Language language) { return LanguageCode(row_of(language).code); }

std::string_view language_name(Language language) { return row_of(language).name; }

std::string language_codes() {
  std::string codes;
  for (const LanguageRow& row : kRows) {
    if (!codes.empty()) codes += ", ";
    codes += as_text(row.code);
  }
  return codes;
}

Direction direction_of_language(Language language) { return row_of(language).direction; }

std::optional<Language> language_from(const LanguageCode& code) {
  for (const LanguageRow& row : kRows)
    if (LanguageCode(row.code) == code) return row.language;
  return std::nullopt;
}

std::optional<Language> language_from(std::string_view text) {
  const std::string_view code = text.substr(0, text.find_first_of("_-.@"));
  const auto parsed = LanguageCode::from(as_bytes(code));
  return parsed.has_value() ? language_from(*parsed) : std::nullopt;
}

}  // namespace tocsin

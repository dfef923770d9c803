#include "crypto/base/words.h"

#include <array>

namespace tocsin {
namespace {

constexpr std::string_view kConsonants = "bdklmnrs";
constexpr std::string_view kVowels = "ai";
constexpr std::array<std::string_view, kWordLetters> kLetters{kConsonants, kVowels, kConsonants,
                                                              kVowels, kConsonants};
static_assert(8 * 2 * 8 * 2 * 8 == kWordCount && kWordCount == 1U << kWordBits);

}  // namespace

std::string word_of(std::uint32_t number) {
  std::string word(kWordLetters, '\0');
  for (std::size_t i = kWordLetters; i-- > 0;) {
    const auto choices = static_cast<std::uint32_t>(kLetters[i].size());
    word[i] = kLetters[i][number % choices];
    number /= choices;
  }
  return word;
}

std::optional<std::uint32_t> number_of_word(std::string_view word) {
  if (word.size() != kWordLetters) return std::nullopt;
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < kWordLetters; ++i) {
    const std::size_t place = kLetters[i].find(word[i]);
    if (place == std::string_view::npos) return std::nullopt;
    number =
        number * static_cast<std::uint32_t>(kLetters[i].size()) + static_cast<std::uint32_t>(place);
  }
  return number;
}

}  // namespace tocsin

// The phrase catalogue as a file: without it no second client could sign or check a page.
#include "protocol/alert/phrases/catalogue.h"
#include "tests/vectors/vector_text.h"

namespace tocsin::vectors {

VectorFile phrases_vectors() {
  VectorText text(
      "The catalogue of protocol/spec/phrases.md: number = status (0 source, 1 draft, 2 reviewed) "
      "| "
      "reviewer | text, a line break as \\n.");
  text.bytes("catalogue hash", catalogue_hash().view());
  for (const Language language : kLanguages) {
    text.block(as_text(language_code(language).view()));
    for (const Phrase phrase : all_phrases()) {
      const PhraseText& row = phrase_text(language, phrase);
      std::string words;
      for (const char letter : row.text) {
        if (letter == '\n')
          words += "\\n";
        else
          words += letter;
      }
      text.word(std::to_string(static_cast<std::uint16_t>(phrase)),
                std::to_string(static_cast<int>(row.review)) + " | " +
                    std::string(row.reviewed_by) + " | " + words);
    }
  }
  return {"phrases.txt", std::move(text).take()};
}

}  // namespace tocsin::vectors

// protocol/alert/phrases/tables.h: one table of translations per language, ascending by number.
//
// Spec:    protocol/spec/phrases.md PHR-2
// Shape:   DRAFT(number, "text") or REVIEWED(number, "who, when", "text") per line of an .inc file
// Threads: values only
#pragma once

#include <cstdint>
#include <span>

#include "protocol/alert/phrases/catalogue.h"

namespace tocsin {

struct PhraseRow {
  std::uint16_t number;
  PhraseText text;
};

// No rows for English, which is the source.
std::span<const PhraseRow> translations_into(Language language);

}  // namespace tocsin

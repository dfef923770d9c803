// protocol/alert/page_builder.h: puts safe lines of one language together to a page.
//
// Spec:    protocol/spec/phrases.md PHR-5
// Shape:   every line goes through the catalogue or is quoted: made safe and isolated
// Threads: values only
#pragma once

#include "protocol/alert/render.h"

namespace tocsin {

class PageBuilder {
 public:
  // `catalogue` is the one the text was written with: another one than ours puts the English
  // beside.
  PageBuilder(Language language, const CatalogueHash& catalogue);

  void section(SectionKind kind);
  void section(SectionKind kind, Phrase heading);
  void say(Phrase phrase, std::initializer_list<std::string> values = {});
  // Somebody's own words, one line.
  void quote(std::string_view text);
  void quote_lines(std::string_view text);
  // Names, how it was confirmed, look-alikes among the others.
  void organisation(const KnownOrganisation& organisation,
                    std::span<const KnownOrganisation> others);
  // Adds what the page must say about itself, and the golden rule at the end.
  Page finish() &&;

 private:
  PageLine line(Phrase phrase, std::initializer_list<std::string> values);

  Page page_;
  bool other_catalogue_;
  bool has_draft_ = false;
};

}  // namespace tocsin

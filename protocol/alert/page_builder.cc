#include "protocol/alert/page_builder.h"

#include "protocol/alert/lookalike.h"

namespace tocsin {
namespace {

constexpr std::size_t kMaxQuotedLetters = kMaxFreeText;  // an alert is shown in full

Phrase phrase_of(ConfirmedBy how) {
  switch (how) {
    case ConfirmedBy::kNothing:
      return Phrase::kNotConfirmed;
    case ConfirmedBy::kQrPicture:
      return Phrase::kConfirmedByQr;
    case ConfirmedBy::kFile:
      return Phrase::kConfirmedByFile;
    case ConfirmedBy::kLink:
      return Phrase::kConfirmedByLink;
    case ConfirmedBy::kSpokenWords:
      return Phrase::kConfirmedByWords;
  }
  return Phrase::kNotConfirmed;
}

// Any name of one against any name of the other, petnames included.
bool look_alike(const KnownOrganisation& a, const KnownOrganisation& b) {
  const auto names = [](const KnownOrganisation& organisation) {
    std::vector<std::string> all;
    if (!organisation.petname.empty()) all.push_back(organisation.petname);
    for (const LocalName& name : organisation.chain->newest().charter.names)
      all.push_back(name.name);
    return all;
  };
  for (const std::string& mine : names(a))
    for (const std::string& other : names(b))
      if (names_look_alike(mine, other)) return true;
  return false;
}

}  // namespace

PageBuilder::PageBuilder(Language language, const CatalogueHash& catalogue)
    : page_{.language = language, .direction = direction_of_language(language), .sections = {}},
      other_catalogue_(catalogue != catalogue_hash()) {}

void PageBuilder::section(SectionKind kind) { page_.sections.push_back({kind, {}, {}}); }

void PageBuilder::section(SectionKind kind, Phrase heading) {
  page_.sections.push_back({kind, line(heading, {}), {}});
}

void PageBuilder::say(Phrase phrase, std::initializer_list<std::string> values) {
  page_.sections.back().lines.push_back(line(phrase, values));
}

PageLine PageBuilder::line(Phrase phrase, std::initializer_list<std::string> values) {
  const bool draft = needs_english_beside(page_.language, phrase);
  has_draft_ |= draft;
  const bool beside = page_.language != Language::kEnglish && (draft || other_catalogue_);
  return {.text = tocsin::say(page_.language, phrase, values),
          .english = beside ? tocsin::say(Language::kEnglish, phrase, values) : "",
          .direction = page_.direction};
}

void PageBuilder::quote(std::string_view text) {
  page_.sections.back().lines.push_back(
      {.text = isolate(safe_text(text, {.max_letters = kMaxQuotedLetters})),
       .english = "",
       .direction = direction_of(text)});
}

void PageBuilder::quote_lines(std::string_view text) {
  while (!text.empty()) {
    const std::string_view first = text.substr(0, text.find('\n'));
    if (!first.empty()) quote(first);
    text.remove_prefix(std::min(first.size() + 1, text.size()));
  }
}

void PageBuilder::organisation(const KnownOrganisation& organisation,
                               std::span<const KnownOrganisation> others) {
  const std::string own_name =
      charter_name(organisation.chain->newest().charter, language_code(page_.language));
  if (organisation.petname.empty())
    say(Phrase::kOrganisationName, {own_name});
  else
    say(Phrase::kOrganisationNames, {organisation.petname, own_name});
  say(phrase_of(organisation.confirmed_by), {day_text(organisation.confirmed_on)});
  for (const KnownOrganisation& other : others) {
    if (other.chain->id() == organisation.chain->id() || !look_alike(organisation, other)) continue;
    const std::string name = other.petname.empty() ? charter_name(other.chain->newest().charter,
                                                                  language_code(page_.language))
                                                   : other.petname;
    say(Phrase::kLooksLike, {name});
  }
}

Page PageBuilder::finish() && {
  if (other_catalogue_ || has_draft_) {
    section(SectionKind::kNotices, Phrase::kHeadNotices);
    if (other_catalogue_) say(Phrase::kNoticeOtherCatalogue);
    if (has_draft_) say(Phrase::kNoticeDraft);
  }
  section(SectionKind::kGoldenRule);
  say(Phrase::kGoldenRule);
  return std::move(page_);
}

}  // namespace tocsin

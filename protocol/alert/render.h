// protocol/alert/render.h: an alert and its state as a page for one person in one language.
//
// Spec:    protocol/spec/phrases.md PHR-5, PHR-6
// Shape:   structure first (sections of lines with direction), plain text made from it
// Threads: values only
#pragma once

#include <string>
#include <vector>

#include "protocol/alert/phrases/catalogue.h"
#include "protocol/alert/verdict.h"

namespace tocsin {

enum class SectionKind : std::uint8_t {
  kVerdict,
  kWhatHappened,
  kDoFirst,
  kDoNot,
  kMessage,
  kHowSure,
  kWho,
  kNotices,
  kGoldenRule
};

struct PageLine {
  std::string text;     // safe; foreign parts isolated
  std::string english;  // beside an unreviewed translation, else empty
  Direction direction = Direction::kLeftToRight;
};

struct PageSection {
  SectionKind kind{};
  PageLine heading;  // text empty: no heading
  std::vector<PageLine> lines;
};

struct Page {
  Language language = Language::kEnglish;
  Direction direction = Direction::kLeftToRight;
  std::vector<PageSection> sections;  // the golden rule is always the last one
};

// What the recipient sees. Always in full: no verdict and no life hides a line.
Page render_alert(const Evaluation& evaluation, std::span<const KnownOrganisation> organisations,
                  Language language);

// What a co-signer sees: the same page without verdict, from the same code.
Page render_draft(const AlertBody& body, const Charter& charter, Language language);

// One organisation as `org show` prints it: names, petname, holders, k, how it was confirmed, its
// words, and look-alikes among `others`.
Page render_organisation(const KnownOrganisation& organisation,
                         std::span<const KnownOrganisation> others, Language language);

// Lines joined by "\n", a blank line between sections, English in the line below its draft.
std::string to_plain_text(const Page& page);

// What the sender sees of a delivery.
enum class DeliveryState : std::uint8_t {
  kQueued = 1,
  kAtRelay = 2,
  kOnDevice = 3,
  kRead = 4,
  kAcknowledged = 5,
  kUndelivered = 6
};
Phrase phrase_of(DeliveryState state);
// What the sender should do about it: call, when no receipt came for 48 hours.
inline constexpr std::uint32_t kCallAfterHours = 48;
std::optional<Phrase> hint_of(DeliveryState state, Hour sent, Hour now);
Phrase phrase_of(NotVerifiedReason reason);  // not for kNone

// "2026-11-23".
std::string day_text(Day day);

// Eight words of the charter id, to be read out by a member in a call the user started.
std::vector<std::string> organisation_words(const CharterId& id);
// A holder's key the same way, compared before it is given a place in a charter (CAR-3.4).
std::vector<std::string> alert_key_words(const SigningPublic& key);
// The first 88 bits, eleven a word.
std::vector<std::string> eight_words(BytesView bytes);

}  // namespace tocsin

#include <array>

#include "crypto/ratchet/fingerprint.h"
#include "protocol/alert/page_builder.h"
#include "protocol/alert/render.h"

namespace tocsin {

std::string to_plain_text(const Page& page) {
  std::string text;
  const auto add = [&text](std::string_view indent, const PageLine& line) {
    text.append(indent).append(line.text).append("\n");
    if (!line.english.empty()) text.append(indent).append("[").append(line.english).append("]\n");
  };
  for (const PageSection& section : page.sections) {
    if (!text.empty()) text += "\n";
    const bool headed = !section.heading.text.empty();
    if (headed) add("", section.heading);
    for (const PageLine& line : section.lines) add(headed ? "  " : "", line);
  }
  return text;
}

Page render_organisation(const KnownOrganisation& organisation,
                         std::span<const KnownOrganisation> others, Language language) {
  const Charter& charter = organisation.chain->newest().charter;
  PageBuilder page(language, catalogue_hash());
  page.section(SectionKind::kWho, Phrase::kHeadWho);
  page.organisation(organisation, others);
  page.say(Phrase::kHoldersAndThreshold,
           {std::to_string(charter.threshold), std::to_string(charter.holders.size())});
  for (const Holder& holder : charter.holders) page.quote(holder.name);
  if (charter.threshold < 2) page.say(Phrase::kOneKeyDecides);
  std::string words;
  for (const std::string& word : organisation_words(organisation.chain->id()))
    words += (words.empty() ? "" : " ") + word;
  page.say(Phrase::kOrganisationWords, {words});
  return std::move(page).finish();
}

Phrase phrase_of(DeliveryState state) {
  switch (state) {
    case DeliveryState::kQueued:
      return Phrase::kStateQueued;
    case DeliveryState::kAtRelay:
      return Phrase::kStateAtRelay;
    case DeliveryState::kOnDevice:
      return Phrase::kStateOnDevice;
    case DeliveryState::kRead:
      return Phrase::kStateRead;
    case DeliveryState::kAcknowledged:
      return Phrase::kStateAcknowledged;
    case DeliveryState::kUndelivered:
      return Phrase::kStateUndelivered;
  }
  return Phrase::kStateUndelivered;
}

std::optional<Phrase> hint_of(DeliveryState state, Hour sent, Hour now) {
  const bool receipt = state == DeliveryState::kOnDevice || state == DeliveryState::kRead ||
                       state == DeliveryState::kAcknowledged;
  const bool long_ago = now.value >= sent.value && now.value - sent.value >= kCallAfterHours;
  if (receipt || !long_ago) return std::nullopt;
  return Phrase::kCallNow;
}

Phrase phrase_of(NotVerifiedReason reason) {
  switch (reason) {
    case NotVerifiedReason::kNone:
    case NotVerifiedReason::kUnreadable:
      return Phrase::kReasonUnreadable;
    case NotVerifiedReason::kNotForThisPerson:
      return Phrase::kReasonNotForThisPerson;
    case NotVerifiedReason::kUnknownOrganisation:
      return Phrase::kReasonUnknownOrganisation;
    case NotVerifiedReason::kUnknownCharter:
      return Phrase::kReasonUnknownCharter;
    case NotVerifiedReason::kCharterTooOld:
      return Phrase::kReasonCharterTooOld;
    case NotVerifiedReason::kSingleSigner:
      return Phrase::kReasonSingleSigner;
    case NotVerifiedReason::kAltered:
      return Phrase::kReasonAltered;
    case NotVerifiedReason::kTooFewSignatures:
      return Phrase::kReasonTooFewSignatures;
    case NotVerifiedReason::kSignerRemoved:
      return Phrase::kReasonSignerRemoved;
    case NotVerifiedReason::kConflict:
      return Phrase::kReasonConflict;
  }
  return Phrase::kReasonUnreadable;
}

// Civil date of a day number in the proleptic Gregorian calendar (Howard Hinnant's algorithm): the
// standard library's calendar comes with its clocks, which this room does not include.
std::string day_text(Day day) {
  const std::uint64_t shifted = day.value + std::uint64_t{719468};  // from 0000-03-01
  const std::uint64_t era = shifted / 146097;
  const std::uint64_t of_era = shifted % 146097;
  const std::uint64_t year_of_era =
      (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const std::uint64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::uint64_t shifted_month = (5 * of_year + 2) / 153;
  const std::uint64_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  const std::uint64_t day_of_month = of_year - (153 * shifted_month + 2) / 5 + 1;
  const std::uint64_t year = era * 400 + year_of_era + (month <= 2 ? 1 : 0);
  const auto two_digits = [](std::uint64_t number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
  };
  return std::to_string(year) + "-" + two_digits(month) + "-" + two_digits(day_of_month);
}

std::vector<std::string> eight_words(BytesView bytes) {
  constexpr std::size_t kWords = 8;
  constexpr std::uint32_t kBitsPerWord = 11;
  std::vector<std::string> words;
  std::uint32_t pending = 0;
  std::uint32_t bits = 0;
  for (const std::uint8_t byte : bytes) {
    pending = pending << 8 | byte;
    bits += 8;
    if (bits < kBitsPerWord) continue;
    bits -= kBitsPerWord;
    words.push_back(verification_word(pending >> bits));
    pending &= (1U << bits) - 1;
    if (words.size() == kWords) break;
  }
  return words;
}

std::vector<std::string> organisation_words(const CharterId& id) { return eight_words(id.view()); }

std::vector<std::string> alert_key_words(const SigningPublic& key) {
  return eight_words(key.view());
}

}  // namespace tocsin

#include "protocol/mailbox/rows.h"

#include "crypto/box/hash.h"
#include "crypto/box/labels.h"

namespace tocsin {
namespace {

// MBX-1.2: one key, two kinds of id.
LookupHash lookup(const LookupKey& key, std::uint8_t kind, BytesView id) {
  return keyed_blake2b_of<LookupHash>(key.expose(kExpose),
                                      {label_bytes(Label::kLookup), BytesView(&kind, 1), id});
}

}  // namespace

LookupHash lookup_of(const LookupKey& key, const ReadId& id) { return lookup(key, 0, id.view()); }
LookupHash lookup_of(const LookupKey& key, const DropId& id) { return lookup(key, 1, id.view()); }

// Civil calendar from day numbers: years counted from March, in eras of 400 years, so that leap
// days fall at the end of a year.
Month month_of(Day day) {
  constexpr std::uint32_t kDaysFromYearZero = 719'468;  // 0000-03-01 to 1970-01-01
  constexpr std::uint32_t kDaysPerEra = 146'097;
  const std::uint64_t days = std::uint64_t{day.value} + kDaysFromYearZero;
  const std::uint64_t era = days / kDaysPerEra;
  const std::uint64_t of_era = days % kDaysPerEra;
  const std::uint64_t year_of_era =
      (of_era - of_era / 1'460 + of_era / 36'524 - of_era / 146'096) / 365;
  const std::uint64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::uint64_t from_march = (5 * of_year + 2) / 153;
  const std::uint64_t months = (era * 400 + year_of_era) * 12 + from_march + 2;
  return {static_cast<std::uint32_t>(months - 1970 * 12)};
}

Sequence first_sequence(std::uint32_t boot_epoch) {
  return {(std::uint64_t{boot_epoch} << 32) + 1};
}

Sequence next_sequence(Sequence sequence) {
  const bool last = static_cast<std::uint32_t>(sequence.value) == UINT32_MAX;
  return {last ? 0 : sequence.value + 1};
}

bool is_expired(const MailboxRow& mailbox, Day today) {
  return month_of(today) > mailbox.last_month;
}

bool is_expired(const CellRow& cell, Day today) { return today > cell.last_day; }

MailboxRow without_dead_drop(MailboxRow mailbox, Day today) {
  if (mailbox.old_drop.has_value() && today > mailbox.old_drop->dies) mailbox.old_drop.reset();
  return mailbox;
}

}  // namespace tocsin

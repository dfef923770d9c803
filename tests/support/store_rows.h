// tests/support/store_rows.h: rows to put into stores.
#pragma once

#include "protocol/board/rows.h"
#include "protocol/mailbox/rows.h"

namespace tocsin {

template <class FixedValue>
FixedValue filled(std::uint8_t value) {
  FixedValue fixed;
  std::fill(fixed.mutable_view().begin(), fixed.mutable_view().end(), value);
  return fixed;
}

inline MailboxRow mailbox_row(std::uint8_t seed, Month last_month = {1'000}) {
  MailboxRow row;
  row.read = filled<LookupHash>(seed);
  row.drop = filled<LookupHash>(static_cast<std::uint8_t>(seed + 100));
  row.owner = filled<OwnerPublic>(seed);
  row.quota = kContactQuota;
  row.last_month = last_month;
  return row;
}

inline CellRow cell_row(std::uint64_t sequence, Day last_day = {20'000}) {
  return {.sequence = {sequence},
          .envelope = Bytes(kEnvelopeBytes, static_cast<std::uint8_t>(sequence)),
          .last_day = last_day};
}

inline BoardRow board_row(std::uint8_t seed, std::uint64_t version, Day written = {19'000}) {
  return {.board = filled<BoardId>(seed),
          .version = version,
          .expiry = days_after(written, 14),
          .written = written,
          .record = Bytes(200, static_cast<std::uint8_t>(version))};
}

}  // namespace tocsin

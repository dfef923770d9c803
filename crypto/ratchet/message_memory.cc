#include "crypto/ratchet/message_memory.h"

#include <limits>

namespace tocsin {
namespace {

void encode_number(Writer& writer, const MessageNumber& number) {
  writer.integer(number.epoch.value).integer(number.counter);
}
MessageNumber decode_number(Reader& reader) {
  const Epoch epoch{reader.integer<std::uint32_t>()};
  return {epoch, reader.integer<std::uint32_t>()};
}

template <class Rows>
void drop_rows_of(Rows& rows, Epoch epoch) {
  rows.erase(rows.lower_bound({epoch, 0}),
             rows.upper_bound({epoch, std::numeric_limits<std::uint32_t>::max()}));
}

template <class Rows>
bool drop_rows_before(Rows& rows, Day oldest) {
  return std::erase_if(rows, [&](const auto& row) { return row.second.day < oldest; }) != 0;
}

// Strictly ascending numbers: one state, one row.
template <class Rows>
bool ascends(const Rows& rows, const MessageNumber& number) {
  return rows.empty() || rows.rbegin()->first < number;
}

}  // namespace

const BodyHash* MessageMemory::used(const MessageNumber& number) const {
  const auto row = used_.find(number);
  return row == used_.end() ? nullptr : &row->second.body;
}

void MessageMemory::remember(const MessageNumber& number, const BodyHash& body, Day day) {
  used_.insert_or_assign(number, Used{body, day});
  while (used_.size() > kMaxUsedTotal) used_.erase(used_.begin());
}

const MessageKey* MessageMemory::skipped(const MessageNumber& number) const {
  const auto row = skipped_.find(number);
  return row == skipped_.end() ? nullptr : &row->second.key;
}

std::uint32_t MessageMemory::store(std::vector<NumberedKey> keys, Day day) {
  for (NumberedKey& row : keys)
    skipped_.insert_or_assign(row.number, Skipped{std::move(row.key), day});
  std::uint32_t dropped = 0;
  for (; skipped_.size() > kMaxSkipTotal; ++dropped) skipped_.erase(skipped_.begin());
  return dropped;
}

bool MessageMemory::has_skipped(Epoch epoch) const {
  const auto row = skipped_.lower_bound({epoch, 0});
  return row != skipped_.end() && row->first.epoch == epoch;
}

void MessageMemory::drop_epoch(Epoch epoch) {
  drop_rows_of(used_, epoch);
  drop_rows_of(skipped_, epoch);
}

bool MessageMemory::forget_before(Day oldest) {
  const bool used = drop_rows_before(used_, oldest);
  const bool skipped = drop_rows_before(skipped_, oldest);
  return used || skipped;
}

void MessageMemory::encode(Writer& writer) const {
  writer.integer(static_cast<std::uint32_t>(used_.size()));
  for (const auto& [number, row] : used_) {
    encode_number(writer, number);
    writer.raw(row.body.view()).integer(row.day.value);
  }
  writer.integer(static_cast<std::uint32_t>(skipped_.size()));
  for (const auto& [number, row] : skipped_) {
    encode_number(writer, number);
    writer.raw(row.key.expose(kExpose)).integer(row.day.value);
  }
}

Result<MessageMemory> MessageMemory::decode(Reader& reader) {
  MessageMemory memory;
  const auto used = reader.integer<std::uint32_t>();
  if (used > kMaxUsedTotal) return fail(kMalformed, "used numbers", used);
  for (std::uint32_t i = 0; i < used; ++i) {
    const MessageNumber number = decode_number(reader);
    const BodyHash body = reader.fixed<BodyHash>();
    const Day day{reader.integer<std::uint32_t>()};
    if (!reader.ok() || !ascends(memory.used_, number)) return fail(kMalformed, "used numbers", i);
    memory.used_.emplace_hint(memory.used_.end(), number, Used{body, day});
  }
  const auto skipped = reader.integer<std::uint32_t>();
  if (skipped > kMaxSkipTotal) return fail(kMalformed, "skipped keys", skipped);
  for (std::uint32_t i = 0; i < skipped; ++i) {
    const MessageNumber number = decode_number(reader);
    const BytesView key = reader.raw(MessageKey::kBytes);
    const Day day{reader.integer<std::uint32_t>()};
    if (!reader.ok() || !ascends(memory.skipped_, number))
      return fail(kMalformed, "skipped keys", i);
    MessageKey message_key = TRY(MessageKey::from(key));
    memory.skipped_.emplace_hint(memory.skipped_.end(), number,
                                 Skipped{std::move(message_key), day});
  }
  if (!reader.ok()) return fail(kMalformed, "message memory");
  return memory;
}

}  // namespace tocsin

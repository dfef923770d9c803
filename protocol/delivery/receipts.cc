#include "protocol/delivery/receipts.h"

#include <algorithm>
#include <limits>

#include "crypto/base/codec.h"

namespace tocsin {
namespace {

void write_optional(Writer& writer, const std::optional<Instant>& at) {
  writer.integer(std::uint8_t{at.has_value()})
      .integer(static_cast<std::uint64_t>(at.value_or(Instant{}).milliseconds));
}

std::optional<Instant> read_optional(Reader& reader) {
  const bool present = reader.integer<std::uint8_t>() != 0;
  const Instant at{static_cast<std::int64_t>(reader.integer<std::uint64_t>())};
  return present ? std::optional(at) : std::nullopt;
}

Instant jittered(Instant from, std::int64_t spread, Rng& rng) {
  return milliseconds_after(from, rng.below(static_cast<std::uint32_t>(spread)));
}

}  // namespace

Instant acknowledgement_tick(Instant now) {
  return {(now.milliseconds / kAcknowledgementTick + 1) * kAcknowledgementTick};
}

void ReceiptQueue::add(const Receipt& receipt) {
  const auto known = std::ranges::find(waiting_, receipt.message, &Receipt::message);
  if (known != waiting_.end()) {
    known->state = std::max(known->state, receipt.state);
  } else if (waiting_.size() < kMaxReceiptsWaiting) {
    waiting_.push_back(receipt);
  }
}

std::optional<Instant> ReceiptQueue::tick(Instant now, Rng& rng) {
  if (waiting_.empty()) return {};
  // A tick further off than any that is ever set was set under another clock.
  const Instant furthest = milliseconds_after(now, kReceiptTickLeast + kReceiptTickSpread);
  if (!tick_ || *tick_ > furthest)
    tick_ = jittered(milliseconds_after(now, kReceiptTickLeast), kReceiptTickSpread, rng);
  return tick_;
}

std::vector<Receipt> ReceiptQueue::take(Instant now) {
  if (waiting_.empty() || !tick_ || now < *tick_) return {};
  const auto count = static_cast<std::ptrdiff_t>(std::min(waiting_.size(), kMaxReceipts));
  std::vector<Receipt> batch(waiting_.begin(), waiting_.begin() + count);
  waiting_.erase(waiting_.begin(), waiting_.begin() + count);
  tick_.reset();
  return batch;
}

Bytes ReceiptQueue::encode() const {
  Writer writer;
  write_optional(writer, tick_);
  writer.integer(static_cast<std::uint16_t>(waiting_.size()));
  for (const Receipt& receipt : waiting_)
    writer.raw(receipt.message.view()).integer(static_cast<std::uint8_t>(receipt.state));
  return std::move(writer).take();
}

Result<ReceiptQueue> ReceiptQueue::decode(BytesView row) {
  Reader reader(row);
  ReceiptQueue queue;
  queue.tick_ = read_optional(reader);
  const auto count = reader.integer<std::uint16_t>();
  if (count > kMaxReceiptsWaiting) return fail(kMalformed, "receipt queue", count);
  for (std::uint16_t i = 0; i < count; ++i) {
    const auto message = reader.fixed<MessageId>();
    const auto state = static_cast<ReceiptState>(reader.integer<std::uint8_t>());
    if (state != ReceiptState::kDelivered && state != ReceiptState::kRead)
      return fail(kMalformed, "receipt queue", i);
    queue.waiting_.push_back({message, state});
  }
  TRY(reader.finish("receipt queue"));
  return queue;
}

void HealingClock::on_taken(ContentKind kind, Instant now) {
  if (taken_ < std::numeric_limits<std::uint32_t>::max()) ++taken_;
  // Two idle peers would otherwise answer each other's empty envelopes for ever.
  if (kind != ContentKind::kEmpty && !waiting_since_) waiting_since_ = now;
}

void HealingClock::on_sent() { *this = HealingClock(); }

std::optional<Instant> HealingClock::due(Instant now, Rng& rng) {
  if (taken_ >= kHealAfterEnvelopes) {
    if (!due_ || *due_ > milliseconds_after(now, kHealSpread))
      due_ = jittered(now, kHealSpread, rng);
  } else if (waiting_since_) {
    if (!due_) due_ = jittered(milliseconds_after(*waiting_since_, kHealAfter), kHealSpread, rng);
  }
  return due_;
}

Bytes HealingClock::encode() const {
  Writer writer;
  writer.integer(taken_);
  write_optional(writer, waiting_since_);
  write_optional(writer, due_);
  return std::move(writer).take();
}

Result<HealingClock> HealingClock::decode(BytesView row) {
  Reader reader(row);
  HealingClock clock;
  clock.taken_ = reader.integer<std::uint32_t>();
  clock.waiting_since_ = read_optional(reader);
  clock.due_ = read_optional(reader);
  TRY(reader.finish("healing clock"));
  return clock;
}

}  // namespace tocsin

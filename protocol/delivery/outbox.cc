// Events of the outbox; what follows from time alone is in outbox_due.cc.
#include "protocol/delivery/outbox.h"

#include <algorithm>
#include <bitset>
#include <limits>

#include "protocol/delivery/backoff.h"

namespace tocsin {
namespace {

void raise(OutboxRow& row, Progress progress) { row.progress = std::max(row.progress, progress); }

void count_attempt(std::uint16_t& attempts) {
  if (attempts < std::numeric_limits<std::uint16_t>::max()) ++attempts;
}

// Every fragment lies at one relay at least.
bool is_at_relay(const OutboxRow& row) {
  std::bitset<kMaxFragments> all;
  std::bitset<kMaxFragments> deposited;
  for (const CopyRow& copy : row.copies) {
    all.set(copy.fragment);
    if (copy.state == CopyState::kDeposited) deposited.set(copy.fragment);
  }
  return all.any() && all == deposited;
}

void request_sealing(OutboxRow& row, SealCause cause, Instant now) {
  row.seal_due = cause;
  row.seal_attempts = 0;
  row.next_seal = now;
}

// Sealed before, still without a receipt, and something that may be sealed anew.
bool may_be_resealed(const OutboxRow& row) {
  return row.sealings > 0 && row.progress < Progress::kDelivered && !row.given_up &&
         row.opening == Opening::kOrdinary;
}

void apply_answer(CopyRow& copy, DepositAnswer answer, Instant now, Rng& rng) {
  const auto again = [&](const Backoff& backoff) {
    count_attempt(copy.attempts);
    copy.state = CopyState::kWaiting;
    copy.next_try = milliseconds_after(now, wait_before_retry(backoff, copy.attempts, rng));
  };
  switch (answer) {
    case DepositAnswer::kOk:
      copy.state = CopyState::kDeposited;
      copy.attempts = 0;
      return;
    case DepositAnswer::kRefused:
    case DepositAnswer::kImpossible:
      copy.state = CopyState::kRefused;
      return;
    case DepositAnswer::kFull:
      return again(kFullBackoff);
    case DepositAnswer::kBusy:
      return again(kBusyBackoff);
    case DepositAnswer::kNoAnswer:
      return again(kRetryBackoff);
  }
}

}  // namespace

Result<Outbox> Outbox::restore(std::vector<OutboxRow> rows) {
  Outbox outbox;
  for (OutboxRow& row : rows) {
    for (CopyRow& copy : row.copies) {
      if (copy.fragment >= kMaxFragments || copy.route >= kMaxCopies)
        return fail(kMalformed, "outbox copy", copy.fragment);
      if (copy.state == CopyState::kSent) copy.state = CopyState::kWaiting;
    }
    const MessageId id = row.id;
    if (!outbox.rows_.emplace(id, std::move(row)).second)
      return fail(kMalformed, "outbox has a message twice");
  }
  return outbox;
}

Status Outbox::enqueue(const NewMessage& message, Instant now) {
  if (rows_.contains(message.id)) return fail(kOutOfRange, "message id in use");
  std::size_t waiting = 0;
  std::size_t of_contact = 0;
  Instant queued = now;
  for (const auto& [id, row] : rows_) {
    // DLV-3.2: what is written within one millisecond was written one after the other.
    if (row.contact == message.contact && row.queued >= queued &&
        row.queued.milliseconds - now.milliseconds < kSecond)
      queued = milliseconds_after(row.queued, 1);
    if (row.progress >= Progress::kDelivered) continue;
    ++waiting;
    if (row.contact == message.contact) ++of_contact;
  }
  if (waiting >= kMaxOutboxMessages || of_contact >= kMaxOutboxPerContact)
    return fail(kTooLarge, "outbox", static_cast<std::int64_t>(of_contact));
  OutboxRow row;
  row.id = message.id;
  row.contact = message.contact;
  row.kind = message.kind;
  row.opening = message.opening;
  row.queued = queued;
  row.deadline = message.end.value_or(milliseconds_after(now, kMessageDays * kDaySpan));
  row.next_seal = now;
  rows_.emplace(message.id, std::move(row));
  changes_[message.id] = true;
  return {};
}

Status Outbox::on_sealed(const MessageId& message, const SealingDone& sealing, Instant now) {
  const auto place = rows_.find(message);
  if (place == rows_.end()) return fail(kOutOfRange, "no such message");
  OutboxRow& row = place->second;
  if (row.seal_due == SealCause::kNone) return fail(kOutOfRange, "no sealing was asked for");
  if (sealing.fragments == 0 || sealing.fragments > kMaxFragments || sealing.routes == 0 ||
      sealing.routes > kMaxCopies) {
    return fail(kOutOfRange, "copies", sealing.fragments);
  }
  row.seal_due = SealCause::kNone;
  row.seal_attempts = 0;
  count_attempt(row.sealings);
  row.session = sealing.session;
  row.sealed = now;
  row.deposited_again = false;
  row.copies.clear();
  for (std::uint8_t fragment = 0; fragment < sealing.fragments; ++fragment) {
    for (std::uint8_t route = 0; route < sealing.routes; ++route)
      row.copies.push_back({fragment, route, CopyState::kWaiting, 0, now});
  }
  raise(row, Progress::kSealed);
  changes_[message] = true;
  return {};
}

Status Outbox::on_seal_failed(const MessageId& message, Instant now, Rng& rng) {
  const auto place = rows_.find(message);
  if (place == rows_.end()) return fail(kOutOfRange, "no such message");
  OutboxRow& row = place->second;
  count_attempt(row.seal_attempts);
  row.next_seal = milliseconds_after(now, wait_before_retry(kRetryBackoff, row.seal_attempts, rng));
  changes_[message] = true;
  return {};
}

Status Outbox::on_answer(const CopyKey& key, DepositAnswer answer, Instant now, Rng& rng) {
  const auto place = rows_.find(key.message);
  // Answers about what was forgotten, delivered or sealed anew meanwhile change nothing.
  if (place == rows_.end() || place->second.sealings != key.sealing) return {};
  OutboxRow& row = place->second;
  if (row.copies.empty()) return {};
  const auto copy = std::ranges::find_if(row.copies, [&](const CopyRow& candidate) {
    return candidate.fragment == key.fragment && candidate.route == key.route;
  });
  if (copy == row.copies.end()) return fail(kOutOfRange, "no such copy", key.fragment);
  // A late answer counts only when it is good news.
  if (copy->state != CopyState::kSent && answer != DepositAnswer::kOk) return {};
  apply_answer(*copy, answer, now, rng);
  if (row.opening == Opening::kFirstContact && copy->state == CopyState::kDeposited)
    copy->next_try = milliseconds_after(now, kFirstContactAgain);
  if (is_at_relay(row)) raise(row, Progress::kAtRelay);
  changes_[key.message] = true;
  return {};
}

bool Outbox::on_receipt(ContactId from, const Receipt& receipt) {
  const auto place = rows_.find(receipt.message);
  if (place == rows_.end()) return false;
  OutboxRow& row = place->second;
  if (row.contact != from || row.sealings == 0) return false;
  raise(row, receipt.state == ReceiptState::kRead ? Progress::kRead : Progress::kDelivered);
  row.seal_due = SealCause::kNone;
  changes_[receipt.message] = true;
  return true;
}

bool Outbox::on_acknowledged(ContactId from, const MessageId& message) {
  if (!on_receipt(from, {message, ReceiptState::kRead})) return false;
  raise(rows_.at(message), Progress::kAcknowledged);
  return true;
}

void Outbox::on_session_begun(ContactId contact, Instant now) {
  for (auto& [id, row] : rows_) {
    if (row.contact != contact || row.seal_due != SealCause::kFirst) continue;
    request_sealing(row, SealCause::kFirst, now);
    changes_[id] = true;
  }
}

void Outbox::on_session_replaced(ContactId contact, const SessionId& session, Instant now) {
  on_session_begun(contact, now);
  for (auto& [id, row] : rows_) {
    if (row.contact != contact || !may_be_resealed(row) || row.session == session) continue;
    request_sealing(row, SealCause::kSessionReplaced, now);
    changes_[id] = true;
  }
}

void Outbox::on_session_opened(ContactId contact) {
  for (auto& [id, row] : rows_) {
    if (row.contact != contact || row.opening != Opening::kFirstContact) continue;
    if (row.sealings == 0 || row.progress >= Progress::kDelivered) continue;
    raise(row, Progress::kDelivered);
    changes_[id] = true;
  }
}

void Outbox::on_routes_changed(ContactId contact, RoutesChange change, Instant now) {
  for (auto& [id, row] : rows_) {
    if (row.contact != contact || !may_be_resealed(row)) continue;
    if (change == RoutesChange::kOnlyAdded) {
      const bool all_deposited = std::ranges::all_of(
          row.copies, [](const CopyRow& copy) { return copy.state == CopyState::kDeposited; });
      // DLV-3.1: of anything but an alert one relay is enough.
      if (all_deposited || (row.kind != ContentKind::kAlert && is_at_relay(row))) continue;
    }
    request_sealing(row, SealCause::kRoutesChanged, now);
    changes_[id] = true;
  }
}

const OutboxRow* Outbox::find(const MessageId& message) const {
  const auto place = rows_.find(message);
  return place == rows_.end() ? nullptr : &place->second;
}

std::size_t Outbox::in_flight() const {
  std::size_t count = 0;
  for (const auto& [id, row] : rows_) {
    count +=
        static_cast<std::size_t>(std::ranges::count(row.copies, CopyState::kSent, &CopyRow::state));
  }
  return count;
}

std::size_t Outbox::waiting_ticks(ContactId contact) const {
  return static_cast<std::size_t>(std::ranges::count_if(rows_, [&](const auto& entry) {
    const OutboxRow& row = entry.second;
    return row.contact == contact && row.opening == Opening::kOrdinary &&
           !expects_receipt(row.kind) && row.progress < Progress::kAtRelay && !row.given_up;
  }));
}

OutboxChanges Outbox::take_changes() {
  OutboxChanges changes;
  for (const auto& [id, written] : changes_)
    (written ? changes.written : changes.erased).push_back(id);
  changes_.clear();
  return changes;
}

}  // namespace tocsin

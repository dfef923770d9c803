// What follows from time alone: sealing, depositing, retrying, warning, giving up, forgetting.
#include <algorithm>
#include <bitset>
#include <set>
#include <tuple>

#include "protocol/delivery/backoff.h"
#include "protocol/delivery/outbox.h"

namespace tocsin {
namespace {

constexpr std::int64_t kSecondDeposit = kSecondDepositDay * kDaySpan;
constexpr std::int64_t kSealingLife = kOutboxDays * kDaySpan;

// A moment that came, or one that a clock set back has moved out of sight.
bool has_come(Instant at, Instant now, std::int64_t furthest) {
  return at <= now || at.milliseconds - now.milliseconds > furthest;
}

bool needs_sending(const OutboxRow& row) {
  return !row.given_up && row.progress < Progress::kDelivered;
}

bool is_settled(const OutboxRow& row) {
  // Without words of its own a first contact is done when the session it opens is.
  if (row.opening == Opening::kFirstContact && !expects_receipt(row.kind))
    return row.progress >= Progress::kDelivered;
  if (!expects_receipt(row.kind)) return row.progress >= Progress::kAtRelay;
  const Progress last = row.kind == ContentKind::kAlert ? Progress::kAcknowledged : Progress::kRead;
  return row.progress >= last;
}

// Nothing is expected after this: neither a receipt nor an answer.
Instant forget_at(const OutboxRow& row) {
  return milliseconds_after(std::max(row.deadline, row.sealed), kSeenDays * kDaySpan);
}

// Past its end a message is given up; when only the clock was wrong it is taken up again.
bool judge_deadline(OutboxRow& row, Instant now, std::vector<OutboxDecision>& decisions) {
  if (row.progress >= Progress::kDelivered || row.given_up == (now > row.deadline)) return false;
  row.given_up = !row.given_up;
  row.seal_due = SealCause::kNone;
  if (row.given_up) {
    decisions.push_back(GiveUp{row.id});
  } else if (row.sealings == 0 || row.opening == Opening::kOrdinary) {
    row.seal_due = row.sealings == 0 ? SealCause::kFirst : SealCause::kOldSealing;
    row.next_seal = now;
  }
  return true;
}

// Alerts and first contacts first, then in the order they were written.
auto urgency(const OutboxRow& row) {
  return std::tuple(row.kind != ContentKind::kAlert && row.opening != Opening::kFirstContact,
                    row.queued, row.id);
}

bool blocks_contact(const OutboxRow& row) {
  return row.opening == Opening::kFirstContact && !row.given_up &&
         row.progress < Progress::kAtRelay;
}

struct Budget {
  std::size_t in_all = 0;
  std::map<ContactId, std::size_t> per_contact;

  bool has_room(ContactId contact) {
    return in_all < kMaxDepositsInFlight && per_contact[contact] < kMaxDepositsPerContact;
  }
  void take(ContactId contact) {
    ++in_all;
    ++per_contact[contact];
  }
};

// Answers that did not come in time count as lost connections: the same bytes go again.
bool time_out_answers(OutboxRow& row, Instant now, Rng& rng) {
  bool changed = false;
  for (CopyRow& copy : row.copies) {
    if (copy.state != CopyState::kSent || !has_come(copy.next_try, now, kAnswerWait)) continue;
    if (copy.attempts < UINT16_MAX) ++copy.attempts;
    copy.state = CopyState::kWaiting;
    copy.next_try = milliseconds_after(now, wait_before_retry(kRetryBackoff, copy.attempts, rng));
    changed = true;
  }
  return changed;
}

// Until something of the peer's is opened, nothing says that the first contact got through.
bool repeat_first_contact(OutboxRow& row, Instant now) {
  bool changed = false;
  for (CopyRow& copy : row.copies) {
    if (copy.state != CopyState::kDeposited || !has_come(copy.next_try, now, kFirstContactAgain))
      continue;
    copy = {copy.fragment, copy.route, CopyState::kWaiting, 0, now};
    changed = true;
  }
  return changed;
}

// Day 18: the relay will soon drop what the reader has not fetched. Day 21: sealed anew.
bool age_sealing(OutboxRow& row, Instant now) {
  if (row.sealings == 0 || row.seal_due != SealCause::kNone) return false;
  if (row.opening == Opening::kFirstContact) return repeat_first_contact(row, now);
  const std::int64_t age = now.milliseconds - row.sealed.milliseconds;
  if (age >= kSealingLife) {
    row.seal_due = SealCause::kOldSealing;
    row.next_seal = now;
    return true;
  }
  if (age < kSecondDeposit || row.deposited_again) return false;
  row.deposited_again = true;
  for (CopyRow& copy : row.copies) {
    if (copy.state == CopyState::kDeposited) copy = {copy.fragment, copy.route, {}, 0, now};
  }
  return true;
}

// DLV-3.1: an alert goes to every relay at once, everything else to the first that takes it. A
// route that failed once holds up no other: it may be tried again at every round, and at each the
// others would wait for it.
bool waits_for_another_route(const OutboxRow& row, const CopyRow& copy) {
  if (row.kind == ContentKind::kAlert) return false;
  return std::ranges::any_of(row.copies, [&](const CopyRow& other) {
    if (other.fragment != copy.fragment || other.route >= copy.route) return false;
    const bool may_still_take_it =
        other.state == CopyState::kWaiting || other.state == CopyState::kSent;
    return other.state == CopyState::kDeposited || (may_still_take_it && other.attempts == 0);
  });
}

void deposit(OutboxRow& row, Instant now, Budget& budget, std::vector<OutboxDecision>& decisions) {
  for (CopyRow& copy : row.copies) {
    if (copy.state != CopyState::kWaiting || !has_come(copy.next_try, now, kFullLongest)) continue;
    if (waits_for_another_route(row, copy)) continue;
    if (!budget.has_room(row.contact)) return;
    budget.take(row.contact);
    copy.state = CopyState::kSent;
    copy.next_try = milliseconds_after(now, kAnswerWait);
    decisions.push_back(DepositCopy{{row.id, row.sealings, copy.fragment, copy.route}});
  }
}

}  // namespace

std::vector<OutboxDecision> Outbox::due(Instant now, Rng& rng) {
  std::vector<OutboxDecision> decisions;
  std::vector<OutboxRow*> sending;
  std::set<ContactId> blocked;
  std::vector<MessageId> forgotten;
  Budget budget;

  for (auto& [id, row] : rows_) {
    bool changed = time_out_answers(row, now, rng);
    changed |= judge_deadline(row, now, decisions);
    if (is_settled(row) || (!needs_sending(row) && now > forget_at(row))) {
      decisions.push_back(ForgetMessage{id});
      forgotten.push_back(id);
      continue;
    }
    if (!needs_sending(row)) {
      if (!row.copies.empty()) {
        row.copies.clear();
        decisions.push_back(EraseCopies{id});
        changed = true;
      }
    } else {
      if (row.kind == ContentKind::kAlert && !row.call_advised &&
          now.milliseconds - row.queued.milliseconds >= kCallAfter) {
        row.call_advised = true;
        decisions.push_back(AdviseCall{id});
        changed = true;
      }
      changed |= age_sealing(row, now);
      if (blocks_contact(row)) blocked.insert(row.contact);
      for (const CopyRow& copy : row.copies)
        if (copy.state == CopyState::kSent) budget.take(row.contact);
      sending.push_back(&row);
    }
    if (changed) changes_[id] = true;
  }
  for (const MessageId& id : forgotten) {
    rows_.erase(id);
    changes_[id] = false;
  }

  std::ranges::sort(sending, {}, [](const OutboxRow* row) { return urgency(*row); });
  for (OutboxRow* row : sending) {
    if (blocked.contains(row->contact) && !blocks_contact(*row)) continue;
    if (row->seal_due == SealCause::kNone) {
      deposit(*row, now, budget, decisions);
    } else if (has_come(row->next_seal, now, kRetryLongest)) {
      row->next_seal = milliseconds_after(now, kAnswerWait);  // asked once, not at every call
      decisions.push_back(SealMessage{row->id, row->seal_due});
    }
  }
  return decisions;
}

Attention attention_of(const OutboxRow& row, Instant now) {
  if (row.progress >= Progress::kDelivered || !expects_receipt(row.kind)) return Attention::kNone;
  if (row.given_up || now.milliseconds - row.queued.milliseconds >= kSealingLife)
    return Attention::kUndelivered;
  std::bitset<kMaxFragments> all;
  std::bitset<kMaxFragments> hopeful;
  for (const CopyRow& copy : row.copies) {
    all.set(copy.fragment);
    if (copy.state != CopyState::kRefused) hopeful.set(copy.fragment);
  }
  return all == hopeful ? Attention::kNone : Attention::kUnreachable;
}

}  // namespace tocsin

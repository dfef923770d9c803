#include "client/net/reader.h"

#include <algorithm>

#include "client/net/calls.h"
#include "crypto/box/agree.h"
#include "protocol/delivery/receipts.h"

namespace tocsin::net {
namespace {

OwnerKeys keys_of(const OwnMailbox& mailbox) {
  OwnerKeys keys{{}, mailbox.owner_secret};
  x25519_public_of(mailbox.owner_secret.expose(kExpose), keys.public_key.mutable_view());
  return keys;
}

}  // namespace

std::optional<Milliseconds> ask_again_after(Answer answer) {
  switch (answer) {
    case Answer::kBusy:
      return kAskAgainMs;
    case Answer::kOk:
    case Answer::kSuperseded:
      return std::nullopt;
    case Answer::kRefused:
    case Answer::kFull:
    case Answer::kTooLargeCommand:
    case Answer::kMalformedCommand:
    case Answer::kExpired:
    case Answer::kUnsupported:
      break;
  }
  return kAskRefusedAgainMs;
}

void Reader::watch(std::vector<OwnMailbox> mailboxes) {
  std::map<MailboxId, Box> wanted;
  for (OwnMailbox& mailbox : mailboxes) {
    const MailboxId id = mailbox.id;
    const auto known = boxes_.find(id);
    if (known != boxes_.end()) {
      wanted.emplace(id, std::move(known->second));
    } else {
      wanted.emplace(id, Box{.mailbox = std::move(mailbox),
                             .subscription = {},
                             .unacknowledged = 0,
                             .acknowledge_through = {}});
    }
  }
  boxes_ = std::move(wanted);
  subscribe_all();
}

void Reader::subscribe_all() {
  if (!connection_.ready()) return;
  for (auto& [id, box] : boxes_) {
    if (box.subscription.has_value() || box.standing == Standing::kSuperseded ||
        steady_now() < box.ask_at)
      continue;
    const Result<RequestId> request = connection_.request(
        Subscribe{box.mailbox.read_id, kReaderCredit}, as_owner(keys_of(box.mailbox)));
    if (!request.has_value()) return;  // the queue is full: the next step asks for the rest
    box.subscription = *request;
    subscriptions_[*request] = id;
  }
}

void Reader::acknowledge(MailboxId mailbox, Sequence through) {
  const auto box = boxes_.find(mailbox);
  if (box == boxes_.end()) return;
  box->second.acknowledge_through = through;
  if (ack_at_ == 0) {
    const Instant tick = acknowledgement_tick({steady_now()});
    ack_at_ = tick.milliseconds;
  }
}

void Reader::flush() {
  ack_at_ = 0;
  if (!connection_.ready()) return;
  for (auto& [id, box] : boxes_) {
    if (!box.acknowledge_through.has_value()) continue;
    const Ack ack{box.mailbox.read_id, *box.acknowledge_through,
                  std::min(box.unacknowledged, kMaxCredit)};
    const Result<RequestId> request = connection_.request(ack, as_owner(keys_of(box.mailbox)));
    if (!request.has_value()) {
      ack_at_ = steady_now() + kAcknowledgementTick;
      return;
    }
    acks_[*request] = id;
    box.acknowledge_through.reset();
    box.unacknowledged = 0;
  }
}

std::vector<MailboxId> Reader::mailboxes() const {
  std::vector<MailboxId> mailboxes;
  mailboxes.reserve(boxes_.size());
  for (const auto& [id, box] : boxes_) mailboxes.push_back(id);
  return mailboxes;
}

bool Reader::listening() const {
  return std::none_of(boxes_.begin(), boxes_.end(),
                      [](const auto& box) { return box.second.standing == Standing::kUnanswered; });
}

bool Reader::settled() const {
  if (!acks_.empty()) return false;
  return std::none_of(boxes_.begin(), boxes_.end(),
                      [](const auto& box) { return box.second.acknowledge_through.has_value(); });
}

bool Reader::drained(Milliseconds now) const {
  const bool all_acknowledged =
      std::ranges::none_of(boxes_, [](const auto& box) { return box.second.unacknowledged > 0; });
  return listening() && settled() && all_acknowledged && now - heard_at_ >= kDrainedMs;
}

void Reader::on_reply(const Reply& reply, ReaderOutcome& outcome) {
  acks_.erase(reply.id);
  const auto subscription = subscriptions_.find(reply.id);
  if (subscription == subscriptions_.end()) return;
  const auto found = boxes_.find(subscription->second);
  if (reply.answer != Answer::kOk) subscriptions_.erase(subscription);
  if (found == boxes_.end()) return;
  Box& box = found->second;
  if (reply.answer == Answer::kOk) {
    box.standing = Standing::kSubscribed;
    return;
  }
  const std::optional<Milliseconds> again = ask_again_after(reply.answer);
  if (again.has_value()) {
    if (reply.answer != Answer::kBusy) box.standing = Standing::kRefused;
    box.subscription.reset();
    box.ask_at = steady_now() + *again;
    return;
  }
  box.standing = Standing::kSuperseded;
  outcome.superseded.push_back(found->first);
}

void Reader::on_push(const Push& push, ReaderOutcome& outcome) {
  const auto subscription = subscriptions_.find(push.subscription);
  if (subscription == subscriptions_.end()) return;
  const auto box = boxes_.find(subscription->second);
  Result<Envelope> envelope = Envelope::from(push.body);
  if (box == boxes_.end() || !envelope.has_value()) return;
  ++box->second.unacknowledged;
  outcome.deliveries.push_back({box->first, push.sequence, *envelope});
}

ReaderOutcome Reader::step(Milliseconds now) {
  ReaderOutcome outcome;
  for (const NetEvent& event : connection_.step(now)) {
    heard_at_ = now;
    if (const auto* reply = std::get_if<Reply>(&event)) on_reply(*reply, outcome);
    if (const auto* push = std::get_if<Push>(&event)) on_push(*push, outcome);
    if (std::holds_alternative<Lost>(event)) {
      outcome.lost = true;
      // The relay pushes everything unacknowledged again on the next line.
      subscriptions_.clear();
      acks_.clear();
      for (auto& [id, box] : boxes_) {
        box.subscription.reset();
        box.ask_at = 0;
        box.standing = Standing::kUnanswered;
        box.unacknowledged = 0;
        box.acknowledge_through.reset();
      }
    }
  }
  subscribe_all();
  if (ack_at_ != 0 && now >= ack_at_) flush();
  return outcome;
}

Milliseconds Reader::due() const {
  return ack_at_ == 0 ? connection_.due() : std::min(connection_.due(), ack_at_);
}

}  // namespace tocsin::net

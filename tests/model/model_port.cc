#include "tests/model/model_port.h"

#include <algorithm>

#include "crypto/box/agree.h"
#include "protocol/board/record.h"
#include "protocol/wire/cell.h"

namespace tocsin::model {
namespace {

constexpr std::uint32_t kCredit = 64;
constexpr int kPatienceRounds = 2;

Status ok_or_refused(const Result<Reply>& reply) {
  if (!reply.has_value()) return fail(reply.error());
  if (reply->answer != Answer::kOk)
    return fail(kRelayRefused, "model", static_cast<std::int64_t>(reply->answer));
  return {};
}

net::OwnerKeys keys_of(const OwnerSecret& secret) {
  net::OwnerKeys keys{{}, secret};
  x25519_public_of(secret.expose(kExpose), keys.public_key.mutable_view());
  return keys;
}

// As net::as_guest, with the password's key derived once for all seeds.
net::Authorise as_guest(const RelayRow& relay) {
  return [&relay](const Welcome& welcome, RequestId id,
                  BytesView command) -> Result<net::Authorisation> {
    if (welcome.access != AccessPolicy::kPassword)
      return net::as_guest(relay.password)(welcome, id, command);
    const Request request{.id = id, .command = to_bytes(command)};
    return net::Authorisation{
        .access = prove_access(ModelRelay::access_key(),
                               {welcome.curve, welcome.session, welcome.nonce}, request)};
  };
}

net::Authorise as_new_owner(const MailboxOrder& order, const RelayRow& relay) {
  return [&order, &relay](const Welcome& welcome, RequestId id,
                          BytesView command) -> Result<net::Authorisation> {
    net::Authorisation authorisation = TRY(as_guest(relay)(welcome, id, command));
    authorisation.tag =
        TRY(net::as_owner({order.owner, order.owner_secret})(welcome, id, command)).tag;
    return authorisation;
  };
}

}  // namespace

void ModelPort::set_link(Link link) {
  link_ = link;
  if (link == Link::kWorks) return;
  reading_.reset();
  depositing_.reset();
}

bool ModelPort::has_news() const {
  if (link_ == Link::kCut || boxes_.empty()) return false;
  return reading_ == nullptr || reading_->has_news();
}

Result<std::unique_ptr<ModelLine>> ModelPort::dial(ModelLine::Bits bits) {
  if (link_ == Link::kCut) return fail(kNoRelay, "cut off");
  return ModelLine::dial(parts_.relay, parts_.faults, bits);
}

template <class Ask>
Result<Reply> ModelPort::once(Ask&& ask, ModelLine::Bits bits) {
  const Result<std::unique_ptr<ModelLine>> line = dial(bits);
  if (!line.has_value()) return fail(kNoRelay, "model line");
  const RequestId id = TRY(ask(**line));
  parts_.relay.commit();
  for (const Reply& reply : (*line)->hear().replies) {
    if (reply.id == id) return reply;
  }
  return fail(kNoRelay, "no answer");
}

Result<Welcome> ModelPort::welcome(const RelayRow&) { return TRY(dial())->welcome(); }

Result<CreatedMailbox> ModelPort::create_mailbox(const RelayRow& relay, const MailboxOrder& order) {
  const CreateMailbox command{order.owner, order.mailbox_class, max_quota(order.mailbox_class)};
  const Result<Reply> reply =
      once([&](ModelLine& line) { return line.request(command, as_new_owner(order, relay)); },
           ModelLine::Bits::kTrue);
  TRY(ok_or_refused(reply));
  return decode_created(reply->body);
}

Status ModelPort::delete_mailbox(const RelayRow&, const OwnMailbox& mailbox) {
  return ok_or_refused(once([&](ModelLine& line) {
    return line.request(DeleteMailbox{mailbox.read_id},
                        net::as_owner(keys_of(mailbox.owner_secret)));
  }));
}

Status ModelPort::put_board(const RelayRow& relay, BytesView record) {
  return ok_or_refused(once(
      [&](ModelLine& line) { return line.request(PutBoard{to_bytes(record)}, as_guest(relay)); }));
}

Status ModelPort::delete_board(const RelayRow&, const WriterSecret& writer) {
  return ok_or_refused(once([&](ModelLine& line) {
    constexpr std::uint64_t kFirstRequest = 1;
    const Signature signature =
        sign_unpublish(writer, {line.welcome().curve, line.welcome().nonce, kFirstRequest});
    return line.request(DeleteBoard{writer_public_of(writer), signature});
  }));
}

Result<Bytes> ModelPort::get_board(const RelayRow&, const BoardId& board) {
  Result<Reply> reply = once([&](ModelLine& line) { return line.request(GetBoard{board}); });
  TRY(ok_or_refused(reply));
  return std::move(reply->body);
}

void ModelPort::watch(std::span<const RelayRow>, std::span<const OwnMailbox> mailboxes) {
  std::map<MailboxId, Box> wanted;
  for (const OwnMailbox& mailbox : mailboxes) {
    if (auto known = boxes_.extract(mailbox.id); !known.empty()) {
      wanted.insert(std::move(known));
      continue;
    }
    wanted.emplace(
        mailbox.id,
        Box{.mailbox = mailbox.duplicate(), .subscription = {}, .ask_at = {}, .through = {}});
  }
  boxes_ = std::move(wanted);
}

std::optional<Day> ModelPort::rough_day() const {
  if (reading_ == nullptr || !reading_->is_up()) return std::nullopt;
  return reading_->welcome().rough_day;
}

// The reading line stands and every mailbox is subscribed.
bool ModelPort::is_reading(Instant now) {
  if (reading_ == nullptr || !reading_->is_up()) {
    Result<std::unique_ptr<ModelLine>> line = dial();
    reading_ = line.has_value() ? std::move(*line) : nullptr;
    unanswered_.clear();
    for (auto& [id, box] : boxes_) {
      box.subscription.reset();
      box.ask_at = {};
      box.superseded = false;
      box.through.reset();
      box.taken = 0;
    }
  }
  if (reading_ == nullptr) return false;
  for (auto& [id, box] : boxes_) {
    if (box.subscription.has_value() || box.superseded || now < box.ask_at) continue;
    const Result<RequestId> request = reading_->request(
        Subscribe{box.mailbox.read_id, kCredit}, net::as_owner(keys_of(box.mailbox.owner_secret)));
    if (!request.has_value()) break;
    box.subscription = *request;
    unanswered_[*request] = 0;
  }
  return true;
}

void ModelPort::flush() {
  if (reading_ == nullptr || !reading_->is_up()) return;
  for (auto& [id, box] : boxes_) {
    if (!box.through.has_value() || parts_.faults.happens(parts_.faults.rates().late_ack)) continue;
    const Result<RequestId> sent =
        reading_->request(Ack{box.mailbox.read_id, *box.through, box.taken},
                          net::as_owner(keys_of(box.mailbox.owner_secret)));
    if (!sent.has_value()) return;
    unanswered_[*sent] = 0;
    box.through.reset();
    box.taken = 0;
  }
}

void ModelPort::hear(Instant now, std::vector<Delivery>& deliveries) {
  if (reading_ == nullptr) return;
  ModelLine::Heard heard = reading_->hear();
  for (const Reply& reply : heard.replies) {
    unanswered_.erase(reply.id);
    for (auto& [id, box] : boxes_) {
      if (box.subscription != reply.id || reply.answer == Answer::kOk) continue;
      box.subscription.reset();
      if (const auto again = net::ask_again_after(reply.answer); again.has_value()) {
        box.ask_at = milliseconds_after(now, *again);
      } else {
        box.superseded = true;
        superseded_.push_back(id);
      }
    }
  }
  for (const Push& push : heard.pushes) {
    const Result<Envelope> envelope = Envelope::from(push.body);
    for (auto& [id, box] : boxes_) {
      if (box.subscription != push.subscription || !envelope.has_value()) continue;
      ++box.taken;
      deliveries.push_back({id, push.sequence, *envelope});
    }
  }
}

std::vector<Delivery> ModelPort::receive(Instant now) {
  std::vector<Delivery> deliveries;
  if (boxes_.empty() || !is_reading(now)) return deliveries;
  parts_.relay.commit();
  hear(now, deliveries);
  lose_patience();
  return deliveries;
}

void ModelPort::lose_patience() {
  bool lost = false;
  for (auto& [id, rounds] : unanswered_) lost |= ++rounds > kPatienceRounds;
  if (lost) reading_.reset();
}

void ModelPort::acknowledge(MailboxId mailbox, Sequence through) {
  const auto box = boxes_.find(mailbox);
  if (box == boxes_.end()) return;
  box->second.through = through;
  flush();
}

std::vector<Deposited> ModelPort::deposit(std::span<const DepositOrder> orders) {
  if (orders.empty()) return {};
  std::vector<Deposited> answers;
  // Committed before it is handed over: from here on the bytes are the world's.
  for (const DepositOrder& order : orders) {
    ++deposits_;
    parts_.ledger.on_deposit(parts_.client, parts_.db, order.contact, order.envelope);
    answers.push_back({order.copy, DepositAnswer::kNoAnswer});
  }
  if (deposits_are_ == Deposits::kSwallowed) {
    swallowed_.emplace(orders.back().target, orders.back().envelope);
    for (Deposited& each : answers) each.answer = DepositAnswer::kOk;
    return answers;
  }
  if (depositing_ == nullptr || !depositing_->is_up()) {
    Result<std::unique_ptr<ModelLine>> line = dial();
    depositing_ = line.has_value() ? std::move(*line) : nullptr;
  }
  if (depositing_ == nullptr) return answers;
  std::map<RequestId, std::size_t> waiting;
  for (std::size_t i = 0; i < orders.size(); ++i) {
    const Result<RequestId> id =
        depositing_->request(Deposit{orders[i].target.drop, to_bytes(orders[i].envelope.view())});
    if (id.has_value()) waiting[*id] = i;
  }
  parts_.relay.commit();
  for (const Reply& reply : depositing_->hear().replies) {
    const auto order = waiting.find(reply.id);
    if (order == waiting.end()) continue;
    answers[order->second].answer = net::deposit_answer(reply.answer);
    waiting.erase(order);
  }
  if (!waiting.empty()) depositing_.reset();
  return answers;
}

void ModelPort::deliver_last_swallowed() {
  const auto& [target, envelope] = *swallowed_;
  const std::unique_ptr<ModelLine> line = dial().value();
  line->request(Deposit{target.drop, to_bytes(envelope.view())}).value();
  parts_.relay.commit();
}

void ModelPort::settle(Instant) {
  flush();
  parts_.relay.commit();
}

std::vector<MailboxId> ModelPort::superseded() { return std::exchange(superseded_, {}); }

}  // namespace tocsin::model

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

ModelPort::ModelPort(const Parts& parts) : parts_(parts) {
  for (ModelRelay* relay : parts.relays)
    sides_.push_back(std::unique_ptr<Side>(new Side{*relay, nullptr, nullptr, {}}));
}

ModelPort::Side& ModelPort::at(const RelayAddress& address) {
  const auto found = std::ranges::find_if(
      sides_, [&](const std::unique_ptr<Side>& side) { return side->relay.address() == address; });
  return **(found == sides_.end() ? sides_.begin() : found);
}

bool ModelPort::is_read(const Side& side) const {
  return std::ranges::any_of(boxes_, [&](const auto& each) { return each.second.side == &side; });
}

void ModelPort::set_link(Link link) {
  link_ = link;
  if (link == Link::kWorks) return;
  for (const std::unique_ptr<Side>& side : sides_) {
    side->reading.reset();
    side->depositing.reset();
  }
}

bool ModelPort::has_news() const {
  if (link_ == Link::kCut) return false;
  return std::ranges::any_of(sides_, [&](const std::unique_ptr<Side>& side) {
    return is_read(*side) && (side->reading == nullptr || side->reading->has_news());
  });
}

Result<std::unique_ptr<ModelLine>> ModelPort::dial(Side& side, ModelLine::Bits bits) {
  if (link_ == Link::kCut) return fail(kNoRelay, "cut off");
  return ModelLine::dial(side.relay, parts_.faults, bits);
}

template <class Ask>
Result<Reply> ModelPort::once(const RelayRow& relay, Ask&& ask, ModelLine::Bits bits) {
  Side& side = at(relay.address);
  const Result<std::unique_ptr<ModelLine>> line = dial(side, bits);
  if (!line.has_value()) return fail(kNoRelay, "model line");
  const RequestId id = TRY(ask(**line));
  side.relay.commit();
  for (const Reply& reply : (*line)->hear().replies) {
    if (reply.id == id) return reply;
  }
  return fail(kNoRelay, "no answer");
}

Result<Welcome> ModelPort::welcome(const RelayRow& relay) {
  return TRY(dial(at(relay.address)))->welcome();
}

Result<CreatedMailbox> ModelPort::create_mailbox(const RelayRow& relay, const MailboxOrder& order) {
  const CreateMailbox command{order.owner, order.mailbox_class, max_quota(order.mailbox_class)};
  const Result<Reply> reply = once(
      relay, [&](ModelLine& line) { return line.request(command, as_new_owner(order, relay)); },
      ModelLine::Bits::kTrue);
  TRY(ok_or_refused(reply));
  return decode_created(reply->body);
}

Status ModelPort::delete_mailbox(const RelayRow& relay, const OwnMailbox& mailbox) {
  return ok_or_refused(once(relay, [&](ModelLine& line) {
    return line.request(DeleteMailbox{mailbox.read_id},
                        net::as_owner(keys_of(mailbox.owner_secret)));
  }));
}

Status ModelPort::put_board(const RelayRow& relay, BytesView record) {
  return ok_or_refused(once(relay, [&](ModelLine& line) {
    return line.request(PutBoard{to_bytes(record)}, as_guest(relay));
  }));
}

Status ModelPort::delete_board(const RelayRow& relay, const WriterSecret& writer) {
  return ok_or_refused(once(relay, [&](ModelLine& line) {
    constexpr std::uint64_t kFirstRequest = 1;
    const Signature signature =
        sign_unpublish(writer, {line.welcome().curve, line.welcome().nonce, kFirstRequest});
    return line.request(DeleteBoard{writer_public_of(writer), signature});
  }));
}

Result<Bytes> ModelPort::get_board(const RelayRow& relay, const BoardId& board) {
  Result<Reply> reply = once(relay, [&](ModelLine& line) { return line.request(GetBoard{board}); });
  TRY(ok_or_refused(reply));
  return std::move(reply->body);
}

void ModelPort::watch(std::span<const RelayRow> relays, std::span<const OwnMailbox> mailboxes) {
  std::map<MailboxId, Box> wanted;
  for (const OwnMailbox& mailbox : mailboxes) {
    if (auto known = boxes_.extract(mailbox.id); !known.empty()) {
      wanted.insert(std::move(known));
      continue;
    }
    const auto relay = std::ranges::find(relays, mailbox.relay, &RelayRow::id);
    if (relay == relays.end()) continue;
    wanted.emplace(mailbox.id, Box{.mailbox = mailbox.duplicate(),
                                   .side = &at(relay->address),
                                   .subscription = {},
                                   .ask_at = {},
                                   .through = {}});
  }
  boxes_ = std::move(wanted);
}

std::optional<Day> ModelPort::rough_day() const {
  for (const std::unique_ptr<Side>& side : sides_)
    if (side->reading != nullptr && side->reading->is_up())
      return side->reading->welcome().rough_day;
  return std::nullopt;
}

// The reading line stands and every mailbox there is subscribed.
bool ModelPort::is_reading(Side& side, Instant now) {
  if (side.reading == nullptr || !side.reading->is_up()) {
    Result<std::unique_ptr<ModelLine>> line = dial(side);
    side.reading = line.has_value() ? std::move(*line) : nullptr;
    side.unanswered.clear();
    for (auto& [id, box] : boxes_) {
      if (box.side != &side) continue;
      box.subscription.reset();
      box.ask_at = {};
      box.superseded = false;
      box.through.reset();
      box.taken = 0;
    }
  }
  if (side.reading == nullptr) return false;
  for (auto& [id, box] : boxes_) {
    if (box.side != &side || box.subscription.has_value() || box.superseded || now < box.ask_at)
      continue;
    const Result<RequestId> request = side.reading->request(
        Subscribe{box.mailbox.read_id, kCredit}, net::as_owner(keys_of(box.mailbox.owner_secret)));
    if (!request.has_value()) break;
    box.subscription = *request;
    side.unanswered[*request] = 0;
  }
  return true;
}

void ModelPort::flush(Side& side) {
  if (side.reading == nullptr || !side.reading->is_up()) return;
  for (auto& [id, box] : boxes_) {
    if (box.side != &side || !box.through.has_value() ||
        parts_.faults.happens(parts_.faults.rates().late_ack))
      continue;
    const Result<RequestId> sent =
        side.reading->request(Ack{box.mailbox.read_id, *box.through, box.taken},
                              net::as_owner(keys_of(box.mailbox.owner_secret)));
    if (!sent.has_value()) return;
    side.unanswered[*sent] = 0;
    box.through.reset();
    box.taken = 0;
  }
}

void ModelPort::hear(Side& side, Instant now, std::vector<Delivery>& deliveries) {
  if (side.reading == nullptr) return;
  ModelLine::Heard heard = side.reading->hear();
  for (const Reply& reply : heard.replies) {
    side.unanswered.erase(reply.id);
    for (auto& [id, box] : boxes_) {
      if (box.side != &side || box.subscription != reply.id || reply.answer == Answer::kOk)
        continue;
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
      if (box.side != &side || box.subscription != push.subscription || !envelope.has_value())
        continue;
      ++box.taken;
      deliveries.push_back({id, push.sequence, *envelope});
    }
  }
}

std::vector<Delivery> ModelPort::receive(Instant now) {
  std::vector<Delivery> deliveries;
  for (const std::unique_ptr<Side>& side : sides_) {
    if (!is_read(*side) || !is_reading(*side, now)) continue;
    side->relay.commit();
    hear(*side, now, deliveries);
    lose_patience(*side);
  }
  return deliveries;
}

void ModelPort::lose_patience(Side& side) {
  bool lost = false;
  for (auto& [id, rounds] : side.unanswered) lost |= ++rounds > kPatienceRounds;
  if (lost) side.reading.reset();
}

void ModelPort::acknowledge(MailboxId mailbox, Sequence through) {
  const auto box = boxes_.find(mailbox);
  if (box == boxes_.end()) return;
  box->second.through = through;
  flush(*box->second.side);
}

std::vector<Deposited> ModelPort::deposit(std::span<const DepositOrder> orders) {
  std::vector<Deposited> answers;
  // Committed before it is handed over: from here on the bytes are the world's.
  for (const DepositOrder& order : orders) {
    ++deposits_;
    parts_.ledger.on_deposit(parts_.client, parts_.db, order.contact, order.envelope);
    answers.push_back({order.copy, DepositAnswer::kNoAnswer});
  }
  if (!orders.empty() && deposits_are_ == Deposits::kSwallowed) {
    swallowed_.emplace(orders.back().target, orders.back().envelope);
    for (Deposited& each : answers) each.answer = DepositAnswer::kOk;
    return answers;
  }
  for (const std::unique_ptr<Side>& side : sides_) deposit_at(*side, orders, answers);
  return answers;
}

void ModelPort::deposit_at(Side& side, std::span<const DepositOrder> orders,
                           std::vector<Deposited>& answers) {
  const auto is_here = [&](const DepositOrder& order) { return &at(order.target.relay) == &side; };
  if (std::ranges::none_of(orders, is_here)) return;
  if (side.depositing == nullptr || !side.depositing->is_up()) {
    Result<std::unique_ptr<ModelLine>> line = dial(side);
    side.depositing = line.has_value() ? std::move(*line) : nullptr;
  }
  if (side.depositing == nullptr) return;
  std::map<RequestId, std::size_t> waiting;
  for (std::size_t i = 0; i < orders.size(); ++i) {
    if (!is_here(orders[i])) continue;
    const Result<RequestId> id = side.depositing->request(
        Deposit{orders[i].target.drop, to_bytes(orders[i].envelope.view())});
    if (id.has_value()) waiting[*id] = i;
  }
  side.relay.commit();
  for (const Reply& reply : side.depositing->hear().replies) {
    const auto order = waiting.find(reply.id);
    if (order == waiting.end()) continue;
    answers[order->second].answer = net::deposit_answer(reply.answer);
    waiting.erase(order);
  }
  if (!waiting.empty()) side.depositing.reset();
}

void ModelPort::deliver_last_swallowed() {
  const auto& [target, envelope] = *swallowed_;
  Side& side = at(target.relay);
  const std::unique_ptr<ModelLine> line = dial(side).value();
  line->request(Deposit{target.drop, to_bytes(envelope.view())}).value();
  side.relay.commit();
}

void ModelPort::settle(Instant) {
  for (const std::unique_ptr<Side>& side : sides_) {
    flush(*side);
    side->relay.commit();
  }
}

std::vector<MailboxId> ModelPort::superseded() { return std::exchange(superseded_, {}); }

}  // namespace tocsin::model

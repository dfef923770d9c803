#include "tests/bench/load.h"

#include "crypto/base/codec.h"
#include "protocol/wire/reply.h"

namespace tocsin::bench {

namespace {

double milliseconds_between(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double, std::milli>(to - from).count();
}

void expect_ok(Answer answer) {
  if (answer != Answer::kOk) give_up("the relay answers " + std::string(answer_name(answer)));
}

// Every reply on this line answers one request: calls on(id) for each.
template <class On>
void hear_replies(const Glance& cell, Line& line, On&& on) {
  if (cell.kind() != Glance::Kind::kReplies) give_up("not replies");
  line.unanswered -= static_cast<std::uint32_t>(cell.replies());
  for (std::size_t i = 0; i < cell.replies(); ++i) {
    expect_ok(cell.answer(i));
    on(cell.reply_id(i));
  }
}

std::size_t place_of(BytesView cell, BytesView mark) {
  const auto found = std::search(cell.begin(), cell.end(), mark.begin(), mark.end());
  if (found == cell.end()) give_up("a form lacks its mark");
  return static_cast<std::size_t>(found - cell.begin());
}

template <class Integer>
void put_at(MutableBytes form, std::size_t place, Integer value) {
  for (std::size_t i = 0; i < sizeof value; ++i)
    form[place + i] = static_cast<std::uint8_t>(value >> (8 * i));
}

}  // namespace

std::vector<Mailbox> create_mailboxes(Crowd& owners, std::size_t count, const AccessKey& access) {
  SystemRng rng;
  std::vector<Mailbox> mailboxes;
  for (std::size_t i = 0; i < count; ++i) {
    auto pair = make_x25519_pair<OwnerPublic, OwnerSecret>(rng);
    mailboxes.push_back({{}, {}, pair.public_key, std::move(pair.secret)});
  }
  const std::size_t lines = owners.lines().size();
  std::vector<std::deque<std::size_t>> asked(lines);
  std::size_t created = 0;
  for (std::size_t next = 0; created < count;) {
    for (; next < count && owners.lines()[next % lines].room() > 0; ++next) {
      Line& line = owners.lines()[next % lines];
      const Mailbox& mailbox = mailboxes[next];
      Request request{line.next(),
                      must(encode_command(CreateMailbox{mailbox.owner_public,
                                                        MailboxClass::kContact, kContactQuota}),
                           "create")};
      const OwnerKey key =
          must(owner_key(mailbox.owner, mailbox.owner_public, *line.facts), "owner key");
      request.tag = owner_tag(key, request.id, request.command);
      request.access = prove_access(access, *line.facts, request);
      asked[next % lines].push_back(next);
      std::vector<Request> requests;
      requests.push_back(std::move(request));
      owners.send(next % lines, std::move(requests));
    }
    Crowd::wait(owners, owners, std::chrono::milliseconds(10));
    owners.hear([&](std::size_t number, const Message& message) {
      const auto* replies = std::get_if<Replies>(&message);
      if (replies == nullptr) give_up("not replies");
      owners.lines()[number].unanswered -= static_cast<std::uint32_t>(replies->list.size());
      for (const Reply& reply : replies->list) {
        expect_ok(reply.answer);
        const CreatedMailbox ids = must(decode_created(reply.body), "created");
        Mailbox& mailbox = mailboxes[asked[number].front()];
        asked[number].pop_front();
        mailbox.read = ids.read_id;
        mailbox.drop = ids.drop_id;
        ++created;
      }
    });
  }
  return mailboxes;
}

Readers::Readers(Crowd& crowd, const std::vector<Mailbox>& mailboxes)
    : crowd_(crowd), mailboxes_(mailboxes), desks_(crowd.lines().size()) {
  for (std::size_t i = 0; i < mailboxes.size(); ++i) {
    const Line& line = crowd.lines()[i % desks_.size()];
    keys_.push_back(
        must(owner_key(mailboxes[i].owner, mailboxes[i].owner_public, *line.facts), "owner key"));
  }
}

AckForm::AckForm() {
  constexpr std::uint64_t kThrough = 0x7f6e5d4c3b2a1908;
  constexpr std::uint32_t kCredit = kMaxCredit;
  SeededRng rng(2);
  const auto read = rng.draw<ReadId>();
  command_ = must(encode_command(Ack{read, {kThrough}, kCredit}), "acknowledgement");
  read_at_ = place_of(command_, read.view());
  through_at_ = place_of(command_, Writer().integer(kThrough).view());
  credit_at_ = place_of(command_, Writer().integer(kCredit).view());
}

Bytes AckForm::fill(const Ack& ack) const {
  Bytes command = command_;
  copy_exact(ack.read_id.view(), MutableBytes(command).subspan(read_at_, ReadId::kBytes));
  put_at(command, through_at_, ack.through.value);
  put_at(command, credit_at_, ack.credit);
  return command;
}

Request Readers::owned(std::size_t line, std::size_t mailbox, Bytes command) {
  Request request{crowd_.lines()[line].next(), std::move(command)};
  request.tag = owner_tag(keys_[mailbox], request.id, request.command);
  return request;
}

void Readers::subscribe() {
  for (std::size_t line = 0; line < desks_.size(); ++line) {
    std::vector<Request> requests;
    for (std::size_t i = line; i < mailboxes_.size(); i += desks_.size()) {
      const Subscribe subscribe{mailboxes_[i].read, kMaxCredit};
      requests.push_back(owned(line, i, must(encode_command(subscribe), "subscribe")));
      desks_[line].subscriptions[requests.back().id.value] = i;
      desks_[line].asked.push_back({requests.back().id, {}});
    }
    crowd_.send(line, std::move(requests));
  }
}

bool Readers::step(Nanoseconds acknowledge_after) {
  bool busy = crowd_.hear_cells([&](std::size_t line, BytesView bytes) {
    const Glance cell(bytes);
    if (cell.kind() == Glance::Kind::kPushes) {
      on_push(line, cell, acknowledge_after);
    } else {
      hear_replies(cell, crowd_.lines()[line], [&](RequestId id) { on_reply(line, id); });
    }
  });
  const auto now = Clock::now();
  for (std::size_t line = 0; line < desks_.size(); ++line) {
    Desk& desk = desks_[line];
    for (; !desk.later.empty() && desk.later.front().at <= now; desk.later.pop_front()) {
      const Due& due = desk.later.front();
      Pending& pending = desk.pending[due.mailbox];
      pending.through = due.sequence;
      pending.cells.push_back(due.deposited);
    }
    if (!desk.pending.empty()) busy = acknowledge(line) || busy;
  }
  return busy;
}

void Readers::on_push(std::size_t line, const Glance& push, Nanoseconds acknowledge_after) {
  Desk& desk = desks_[line];
  const auto subscription = desk.subscriptions.find(push.subscription().value);
  if (subscription == desk.subscriptions.end()) give_up("a push that nobody asked for");
  const auto now = Clock::now();
  const auto deposited = time_of(push.envelope());
  ++delivered_;
  if (recording != nullptr) recording->delivered.push_back(milliseconds_between(deposited, now));
  desk.later.push_back({now + acknowledge_after, subscription->second, push.sequence(), deposited});
}

bool Readers::acknowledge(std::size_t line) {
  Desk& desk = desks_[line];
  std::vector<Request> requests;
  while (!desk.pending.empty() && crowd_.lines()[line].room() > 0) {
    const auto first = desk.pending.begin();
    auto& [mailbox, pending] = *first;
    const Ack ack{mailboxes_[mailbox].read, pending.through,
                  static_cast<std::uint32_t>(pending.cells.size())};
    requests.push_back(owned(line, mailbox, form_.fill(ack)));
    desk.asked.push_back({requests.back().id, std::move(pending.cells)});
    desk.pending.erase(first);
  }
  if (requests.empty()) return false;
  crowd_.send(line, std::move(requests));
  return true;
}

void Readers::on_reply(std::size_t line, RequestId id) {
  std::deque<Asked>& asked = desks_[line].asked;
  if (asked.empty() || asked.front().id != id) give_up("a reply to another request");
  acknowledged_ += asked.front().cells.size();
  if (recording != nullptr) {
    for (const auto deposited : asked.front().cells)
      recording->acknowledged.push_back(milliseconds_between(deposited, Clock::now()));
  }
  asked.pop_front();
}

DepositForm::DepositForm() {
  SeededRng rng(1);
  const auto id = rng.draw<Fixed<struct FormIdTag, 8>>();
  const auto drop = rng.draw<DropId>();
  Bytes envelope(kEnvelopeBytes);
  rng.fill(envelope);
  const Bytes time(envelope.begin(), envelope.begin() + sizeof(std::uint64_t));
  std::vector<Request> requests;
  requests.push_back({{Reader(id.view()).integer<std::uint64_t>()},
                      must(encode_command(Deposit{drop, envelope}), "deposit")});
  cell_ = must(encode(Requests{std::move(requests)}), "deposit");
  id_at_ = place_of(cell_, id.view());
  drop_at_ = place_of(cell_, drop.view());
  time_at_ = place_of(cell_, time);
}

const Cell& DepositForm::fill(RequestId id, const DropId& drop, Clock::time_point due) {
  const MutableBytes cell(cell_);
  put_at(cell, id_at_, id.value);
  copy_exact(drop.view(), cell.subspan(drop_at_, DropId::kBytes));
  put_at(cell, time_at_, static_cast<std::uint64_t>(due.time_since_epoch().count()));
  return cell_;
}

Clock::time_point time_of(BytesView envelope) {
  const auto time = Reader(envelope).integer<std::uint64_t>();
  return Clock::time_point(Clock::duration(static_cast<Clock::rep>(time)));
}

bool Writers::hear() {
  return crowd_.hear_cells([&](std::size_t line, BytesView cell) {
    hear_replies(Glance(cell), crowd_.lines()[line], [&](RequestId) { ++answered_; });
  });
}

// On the next line that has room; mailboxes in turn.
bool Writers::deposit_one(Clock::time_point due, std::uint32_t of_each_line) {
  std::vector<Line>& lines = crowd_.lines();
  for (std::size_t tried = 0; tried < lines.size(); ++tried) {
    const std::size_t number = next_line_;
    next_line_ = (next_line_ + 1) % lines.size();
    if (lines[number].unanswered >= of_each_line) continue;
    const Mailbox& mailbox = mailboxes_[sent_ % mailboxes_.size()];
    crowd_.send(number, form_.fill(lines[number].next(), mailbox.drop, due));
    ++sent_;
    return true;
  }
  return false;
}

bool Writers::deposit(std::size_t window, std::size_t most) {
  const std::size_t lines = crowd_.lines().size();
  const auto each = static_cast<std::uint32_t>((window + lines - 1) / lines);
  const std::size_t before = sent_;
  while (sent_ - answered_ < window && sent_ - before < most) {
    if (!deposit_one(Clock::now(), each)) break;
  }
  return sent_ > before;
}

bool Writers::deposit_at(double per_second) {
  if (!pace_start_) {
    pace_start_ = Clock::now();
    paced_ = 0;
  }
  const std::size_t before = sent_;
  while (true) {
    const auto due = *pace_start_ + std::chrono::duration_cast<Clock::duration>(
                                        Seconds(static_cast<double>(paced_) / per_second));
    if (due > Clock::now() || !deposit_one(due, kInFlight)) break;
    ++paced_;
  }
  return sent_ > before;
}

}  // namespace tocsin::bench

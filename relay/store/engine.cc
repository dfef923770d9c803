#include "relay/store/engine.h"

#include <algorithm>
#include <utility>

#include "crypto/box/agree.h"
#include "crypto/box/hash.h"
#include "crypto/box/sign.h"
#include "protocol/wire/cell.h"

namespace tocsin {

LookupKey lookup_key_of(const SigningSecret& signing) {
  return derive<LookupKey>(signing.expose(kExpose), {label_bytes(Label::kLookup)});
}

Result<std::unique_ptr<StoreEngine>> StoreEngine::create(EngineConfig config, EngineKeys keys,
                                                         Store& store, WorkExecutor& work,
                                                         Rng& rng) {
  if (config.budget_cells == 0) return fail(kOutOfRange, "store budget");
  if ((config.access == AccessPolicy::kPassword) != config.password.has_value())
    return fail(kOutOfRange, "access policy and password");
  const BootEpoch epoch = TRY(store.begin_run());
  std::unique_ptr<StoreEngine> engine(
      new StoreEngine(std::move(config), std::move(keys), store, work, rng, epoch));
  TRY(engine->erase_blocked());
  return engine;
}

Status StoreEngine::erase_blocked() {
  if (config_.blocked.empty()) return {};
  TRY(store_.begin());
  for (const BoardId& board : config_.blocked) TRY(store_.erase_board(board));
  return store_.commit();
}

StoreEngine::StoreEngine(EngineConfig config, EngineKeys keys, Store& store, WorkExecutor& work,
                         Rng& rng, BootEpoch epoch)
    : config_(std::move(config)),
      keys_(std::move(keys)),
      public_(signing_public_of(keys_.signing)),
      lookup_(lookup_key_of(keys_.signing)),
      session_(make_x25519_pair<StoreSessionPublic, StoreSessionSecret>(rng)),
      store_(store),
      work_(work),
      rng_(rng),
      cache_(store, epoch),
      gate_(config_.work_bits) {}

Status StoreEngine::take(std::span<const EdgeToStore> batch, Instant now, StoreBatch& out) {
  for (const EdgeToStore& message : batch) TRY(on_message(message, now, out));
  cache_.trim();
  return {};
}

Status StoreEngine::on_message(const EdgeToStore& message, Instant now, StoreBatch& out) {
  if (message.kind == EdgeEvent::kOpened) {
    connections_.open(message.connection);
    return {};
  }
  // A kicked connection is forgotten at once; what it still sends means nothing.
  Connection* connection = connections_.find({message.connection});
  if (connection == nullptr) return {};
  switch (message.kind) {
    case EdgeEvent::kCell:
      return on_cell(*connection, message.frame, now, out);
    case EdgeEvent::kData:  // never on this plane
    case EdgeEvent::kWrongSize:
      return on_malformed(*connection, out);
    case EdgeEvent::kClosed:
      on_closed(connection->id);
      return {};
    case EdgeEvent::kOpened:
      break;
  }
  return {};
}

// Between stops 5 and 6: the store decodes the cell; of the edge it trusts only the connection.
Status StoreEngine::on_cell(Connection& connection, BytesView cell, Instant now, StoreBatch& out) {
  Result<Message> message = decode(cell);
  if (!message.has_value()) return on_malformed(connection, out);
  if (const Hello* hello = std::get_if<Hello>(&*message); hello != nullptr)
    return on_hello(connection, *hello, now, out);
  Requests* requests = std::get_if<Requests>(&*message);
  if (requests == nullptr || connection.keys == nullptr) return on_malformed(connection, out);
  const ConnectionId id = connection.id;
  for (Request& request : requests->list) {
    // A request may end its connection.
    Connection* still = connections_.find(id);
    if (still == nullptr) return {};
    if (!may_follow(still->last_request, request.id)) return on_malformed(*still, out);
    still->last_request = request.id;
    TRY(on_request(*still, std::move(request), now, out));
  }
  return {};
}

Status StoreEngine::on_hello(Connection& connection, const Hello& hello, Instant now,
                             StoreBatch& out) {
  if (connection.keys != nullptr) return on_malformed(connection, out);
  const Result<Version> version = choose_version(hello);
  if (!version.has_value()) {
    TRY(send(connection, Replies{{Reply{.id = {0}, .answer = Answer::kUnsupported}}}, out));
    kick(connection, out);
    return {};
  }
  Welcome welcome;
  welcome.version = *version;
  welcome.store = public_;
  welcome.curve = keys_.curve;
  welcome.session = session_.public_key;
  welcome.nonce = rng_.draw<WelcomeNonce>();
  welcome.limits = config_.limits;
  welcome.bulk_port = bulk_closed_ ? std::uint16_t{0} : config_.bulk_port;
  welcome.access = config_.access;
  connection.work_bits = gate_.bits(now);
  welcome.work_bits = static_cast<std::uint8_t>(connection.work_bits);
  welcome.durability = config_.durability;
  welcome.rough_day = now.day();
  welcome.notice = config_.notice;
  const SignedWelcome signed_welcome = TRY(sign_welcome(welcome, keys_.signing));
  connection.keys = std::make_unique<OwnerKeys>(
      session_.secret.duplicate(),
      SessionFacts{.relay = keys_.curve, .session = session_.public_key, .nonce = welcome.nonce});
  return send(connection, signed_welcome, out);
}

Status StoreEngine::on_malformed(Connection& connection, StoreBatch& out) {
  ++totals_.malformed;
  TRY(send(connection, Malformed{}, out));
  if (++connection.malformed < kMalformedCells) return {};
  kick(connection, out);
  return {};
}

void StoreEngine::kick(Connection& connection, StoreBatch& out) {
  ++totals_.kicked;
  out.push_back({connection.id.value, StoreOrder::kKick, {}});
  on_closed(connection.id);
}

void StoreEngine::on_closed(ConnectionId id) {
  Connection* connection = connections_.find(id);
  if (connection == nullptr) return;
  for (const MailboxNumber number : std::exchange(connection->subscriptions, {})) {
    CachedMailbox* mailbox = cache_.find(number);
    if (mailbox == nullptr) continue;
    mailbox->live.subscription.reset();
    mailbox->in_flight.clear();
  }
  for (const BoardId& board : connection->watches) {
    const auto watches = watches_.find(board);
    if (watches == watches_.end()) continue;
    std::erase_if(watches->second, [&](const BoardWatch& watch) { return watch.connection == id; });
    if (watches->second.empty()) watches_.erase(watches);
  }
  connections_.erase(id);
}

Status StoreEngine::send(Connection& connection, const Message& message, StoreBatch& out) {
  const Cell cell = TRY(encode(message));
  out.push_back({connection.id.value, StoreOrder::kCell, to_bytes(cell)});
  return {};
}

void StoreEngine::answer(Connection& connection, Reply reply) {
  if (connection.replies.empty() && connection.board_pushes.empty())
    answering_.push_back(connection.id);
  connection.replies.push_back(std::move(reply));
}

// flow 7/8: durable first, then the answers.
Status StoreEngine::commit(Instant now, StoreBatch& out) {
  if (std::exchange(batch_open_, false)) {
    const Status committed = store_.commit();
    if (!committed.has_value()) {
      if (committed.error().code != kDiskFull) return committed;
      TRY(lose_batch(now));
    }
  }
  touched_.clear();
  return send_answers(out);
}

// All answers of a batch leave together, whatever they were waiting for.
Status StoreEngine::send_answers(StoreBatch& out) {
  for (const ConnectionId id : std::exchange(answering_, {})) {
    Connection* connection = connections_.find(id);
    if (connection == nullptr) continue;
    connection->unanswered = connection->waiting_work;
    for (const Reply& reply : connection->replies)
      ++totals_.answers[static_cast<std::size_t>(reply.answer)];
    std::vector<Cell> cells = TRY(pack(std::exchange(connection->replies, {})));
    const std::vector<Cell> boards = TRY(pack(std::exchange(connection->board_pushes, {})));
    cells.insert(cells.end(), boards.begin(), boards.end());
    for (const Cell& cell : cells) out.push_back({id.value, StoreOrder::kCell, to_bytes(cell)});
  }
  return {};
}

// The disk is full and nothing of the batch happened: everybody in it hears busy and asks again.
// Live subscriptions and counters stay: an acknowledgement repeated later covers the same cells.
Status StoreEngine::lose_batch(Instant now) {
  store_.rollback();
  batch_open_ = false;
  ++totals_.lost_batches;
  full_until_ = milliseconds_after(now, kDiskFullPauseMilliseconds);
  for (const MailboxNumber number : std::exchange(touched_, {})) {
    CachedMailbox* mailbox = cache_.find(number);
    if (mailbox == nullptr) continue;
    const std::optional<LiveSubscription> subscription = mailbox->live.subscription;
    TRY(cache_.reload(number));
    if (cache_.find(number) != nullptr || !subscription.has_value()) continue;
    // Made and subscribed to in the lost batch: there is no such mailbox after all.
    Connection* connection = connections_.find(subscription->connection);
    if (connection != nullptr) std::erase(connection->subscriptions, number);
  }
  for (const ConnectionId id : answering_) {
    Connection* connection = connections_.find(id);
    if (connection == nullptr) continue;
    connection->board_pushes.clear();
    for (Reply& reply : connection->replies) reply = Reply{.id = reply.id, .answer = Answer::kBusy};
  }
  return {};
}

Status StoreEngine::tick(Instant now, StoreBatch& out) {
  for (const WorkDone& done : work_.take_done()) {
    auto waiting = waiting_.extract(done.ticket);
    if (waiting.empty()) continue;
    gate_.leave();
    Connection* connection = connections_.find(waiting.mapped().connection);
    if (connection == nullptr) continue;
    --connection->waiting_work;
    const Request& request = waiting.mapped().request;
    const Command command = TRY(decode_command(request.command));
    TRY(serve_or_refuse({*connection, request, command, done.verdict, now, out}));
  }
  if (swept_ != now.day()) TRY(sweep(now));
  if (has_open_batch() || is_paused(now)) return {};
  const Status maintained = store_.maintain(now);
  if (maintained.has_value()) return {};
  if (maintained.error().code != kDiskFull) return maintained;
  // The log cannot be emptied into the database: what it holds is safe where it is.
  full_until_ = milliseconds_after(now, kDiskFullPauseMilliseconds);
  return {};
}

Status StoreEngine::sweep(Instant now) {
  if (!batch_open_) TRY(store_.begin());
  batch_open_ = true;
  const Result<Expired> expired = store_.expire(now.day(), kMaintenanceRows);
  if (!expired.has_value()) {
    if (expired.error().code != kDiskFull) return fail(expired.error());
    return lose_batch(now);
  }
  for (const MailboxNumber number : expired->lost_cells) {
    CachedMailbox* mailbox = cache_.find(number);
    if (mailbox == nullptr) continue;
    touched_.push_back(number);
    TRY(cache_.recount(*mailbox));
  }
  for (const MailboxNumber number : expired->erased) {
    if (CachedMailbox* mailbox = cache_.find(number); mailbox != nullptr)
      end_subscription(*mailbox);
    cache_.forget(number);
  }
  if (expired->progress == Expired::Progress::kDone) swept_ = now.day();
  return {};
}

bool StoreEngine::is_paused(Instant now) const {
  return full_until_.has_value() && now < *full_until_;
}

Room StoreEngine::room(Instant now) const {
  if (is_paused(now)) return Room::kFull;
  const StoreCounts counts = store_.counts();
  const std::uint64_t used = counts.cells + counts.boards;
  if (used >= config_.budget_cells) return Room::kFull;
  if (used >= config_.budget_cells / 100 * kNearlyFullPercent +
                  config_.budget_cells % 100 * kNearlyFullPercent / 100)
    return Room::kNearlyFull;
  return Room::kPlenty;
}

EngineFigures StoreEngine::figures() {
  EngineFigures figures = totals_;
  figures.connections = connections_.size();
  connections_.each([&](const Connection& connection) {
    figures.subscriptions += connection.subscriptions.size();
    figures.watches += connection.watches.size();
  });
  figures.cached_mailboxes = cache_.size();
  figures.waiting_work = waiting_.size();
  figures.stored = store_.counts();
  return figures;
}

}  // namespace tocsin

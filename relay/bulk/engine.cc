#include "relay/bulk/engine.h"

#include <algorithm>
#include <utility>

#include "crypto/base/overloaded.h"
#include "crypto/box/agree.h"
#include "crypto/box/sign.h"
#include "protocol/codes.h"
#include "protocol/mailbox/commands.h"
#include "protocol/wire/cell.h"
#include "relay/bulk/limits.h"
#include "relay/codes.h"
#include "relay/store/limits.h"

namespace tocsin {
namespace {

// Blobs erased in one step of retention, so that a step never delays the next batch noticeably.
constexpr std::size_t kErasedBlobs = 4;

WelcomeLimits bulk_limits() {
  WelcomeLimits limits = default_limits();
  limits.in_flight = kBulkInFlight;
  return limits;
}

}  // namespace

std::unique_ptr<BulkEngine> BulkEngine::create(BulkConfig config, EngineKeys keys, BlobStore& store,
                                               Rng& rng) {
  return std::unique_ptr<BulkEngine>(
      new BulkEngine(std::move(config), std::move(keys), store, rng));
}

BulkEngine::BulkEngine(BulkConfig config, EngineKeys keys, BlobStore& store, Rng& rng)
    : config_(std::move(config)),
      keys_(std::move(keys)),
      public_(signing_public_of(keys_.signing)),
      lookup_(lookup_key_of(keys_.signing)),
      session_(make_x25519_pair<StoreSessionPublic, StoreSessionSecret>(rng)),
      store_(store),
      rng_(rng) {}

Result<std::size_t> BulkEngine::take(std::span<const EdgeToStore> batch, Instant now,
                                     StoreBatch& out) {
  std::size_t taken = 0;
  for (; taken < batch.size() && handed_out_ < kBulkAnswerFrames; ++taken)
    TRY(on_message(batch[taken], now, out));
  return taken;
}

Status BulkEngine::on_message(const EdgeToStore& message, Instant now, StoreBatch& out) {
  if (message.kind == EdgeEvent::kOpened) {
    Peer& peer = peers_.try_emplace(message.connection).first->second;
    peer.id = {message.connection};
    peer.useful = now;
    return {};
  }
  // A kicked connection is forgotten at once; what it still sends means nothing.
  const auto found = peers_.find(message.connection);
  if (found == peers_.end()) return {};
  switch (message.kind) {
    case EdgeEvent::kCell:
      return on_cell(found->second, message.frame, now, out);
    case EdgeEvent::kData:
      return on_data(found->second, message.frame, now, out);
    case EdgeEvent::kWrongSize:
      return on_malformed(found->second, out);
    case EdgeEvent::kClosed:
      peers_.erase(found);
      return {};
    case EdgeEvent::kOpened:
      break;
  }
  return {};
}

Status BulkEngine::on_cell(Peer& peer, BytesView cell, Instant now, StoreBatch& out) {
  Result<Message> message = decode(cell);
  if (!message.has_value()) return on_malformed(peer, out);
  if (const Hello* hello = std::get_if<Hello>(&*message); hello != nullptr)
    return on_hello(peer, *hello, now, out);
  const Requests* requests = std::get_if<Requests>(&*message);
  if (requests == nullptr || peer.keys == nullptr) return on_malformed(peer, out);
  for (const Request& request : requests->list) {
    const Entry entry = enter(peer, request);
    if (entry == Entry::kMalformed) return on_malformed(peer, out);
    if (entry == Entry::kAnswered) continue;
    const Result<BulkCommand> command = decode_bulk(request.command);
    const bool newer = !command.has_value() && command.error().code == kUnsupportedVersion;
    // BLB-2.1: a put brings its bytes along, in a frame of its own.
    if (!command.has_value() || std::holds_alternative<PutFrame>(*command)) {
      answer(peer, {.id = request.id,
                    .answer = newer ? Answer::kUnsupported : Answer::kMalformedCommand});
      continue;
    }
    // BLB-1.2: a map costs a row for every frame of its blob.
    if (std::holds_alternative<StatBlob>(*command) && std::exchange(peer.map_taken, true)) {
      answer(peer, {.id = request.id, .answer = Answer::kBusy});
      continue;
    }
    TRY(serve_or_refuse({peer, request, *command, std::nullopt, now, out}));
  }
  return {};
}

Status BulkEngine::on_data(Peer& peer, BytesView frame, Instant now, StoreBatch& out) {
  const Result<PutData> put = decode_put(frame);
  if (!put.has_value() || peer.keys == nullptr) return on_malformed(peer, out);
  const Entry entry = enter(peer, put->request);
  if (entry == Entry::kMalformed) return on_malformed(peer, out);
  if (entry == Entry::kAnswered) return {};
  const Result<BulkCommand> command = decode_bulk(put->request.command);
  if (!command.has_value() || !std::holds_alternative<PutFrame>(*command)) {
    answer(peer, {.id = put->request.id, .answer = Answer::kMalformedCommand});
    return {};
  }
  return serve_or_refuse({peer, put->request, *command, put->stored, now, out});
}

BulkEngine::Entry BulkEngine::enter(Peer& peer, const Request& request) {
  if (!may_follow(peer.last_request, request.id)) return Entry::kMalformed;
  peer.last_request = request.id;
  if (peer.taken >= kBulkInFlight) {
    answer(peer, {.id = request.id, .answer = Answer::kBusy});
    return Entry::kAnswered;
  }
  ++peer.taken;
  return Entry::kIn;
}

Status BulkEngine::on_hello(Peer& peer, const Hello& hello, Instant now, StoreBatch& out) {
  if (peer.keys != nullptr) return on_malformed(peer, out);
  const Result<Version> version = choose_version(hello);
  if (!version.has_value()) {
    TRY(send(peer, Replies{{Reply{.id = {0}, .answer = Answer::kUnsupported}}}, out));
    kick(peer, out);
    return {};
  }
  Welcome welcome;
  welcome.version = *version;
  welcome.store = public_;
  welcome.curve = keys_.curve;
  welcome.session = session_.public_key;
  welcome.nonce = rng_.draw<WelcomeNonce>();
  welcome.limits = bulk_limits();
  welcome.access = AccessPolicy::kPassword;
  welcome.durability = config_.durability;
  welcome.rough_day = now.day();
  welcome.notice = config_.notice;
  const SignedWelcome signed_welcome = TRY(sign_welcome(welcome, keys_.signing));
  peer.keys = std::make_unique<OwnerKeys>(
      session_.secret.duplicate(),
      SessionFacts{.relay = keys_.curve, .session = session_.public_key, .nonce = welcome.nonce});
  return send(peer, signed_welcome, out);
}

Status BulkEngine::on_malformed(Peer& peer, StoreBatch& out) {
  ++totals_.malformed;
  TRY(send(peer, Malformed{}, out));
  if (++peer.malformed >= kMalformedCells) kick(peer, out);
  return {};
}

void BulkEngine::kick(Peer& peer, StoreBatch& out) {
  ++totals_.kicked;
  out.push_back({peer.id.value, StoreOrder::kKick, {}});
  peers_.erase(peer.id.value);
}

Status BulkEngine::serve_or_refuse(const Turn& turn) {
  const Status served = serve(turn);
  if (served.has_value()) return served;
  if (served.error().code == kSlotFault) {
    ++totals_.slot_faults;
    answer(turn.peer, {.id = turn.request.id, .answer = Answer::kRefused});
    return {};
  }
  if (served.error().code != kDiskFull) return served;
  if (batch_open_) TRY(lose_batch());
  answer(turn.peer, {.id = turn.request.id, .answer = Answer::kBusy});
  return {};
}

Status BulkEngine::serve(const Turn& turn) {
  if (!batch_open_) TRY(store_.begin());
  batch_open_ = true;
  const LoadedBlob loaded = TRY(load(turn));
  AccessVerdict access = AccessVerdict::kNone;
  if (std::holds_alternative<CreateBlob>(turn.command)) {
    const auto judged =
        judge_access({.policy = AccessPolicy::kPassword, .password = &config_.password},
                     turn.peer.keys->facts(), turn.request);
    access = std::get<AccessVerdict>(judged);  // a password is judged at once
  }
  const BulkGround ground{
      .lookup_key = lookup_,
      .today = turn.now.day(),
      .free_frames = static_cast<std::uint32_t>(store_.counts().free()),
      .life = config_.notice.has_value() ? RelayLife::kClosing : RelayLife::kOpen};
  return apply(decide({turn.command, turn.request, access}, loaded, *turn.peer.keys, ground), turn);
}

Result<LoadedBlob> BulkEngine::load(const Turn& turn) {
  LoadedBlob loaded;
  const BlobNeeds needs = needs_of(turn.command, lookup_);
  if (!needs.blob.has_value()) return loaded;
  loaded.blob = TRY(store_.blob_by_read(*needs.blob));
  if (!loaded.blob.has_value()) return loaded;
  if (needs.map) loaded.map = TRY(store_.frame_map(*loaded.blob));
  if (!needs.frame.has_value() || !TRY(store_.has_frame(loaded.blob->number, *needs.frame)))
    return loaded;
  loaded.frame = FrameThere::kSame;
  if (turn.brought.has_value()) {
    const Bytes stored = TRY(store_.read_frame(loaded.blob->number, *needs.frame));
    if (!std::ranges::equal(stored, *turn.brought)) loaded.frame = FrameThere::kOther;
  }
  return loaded;
}

Status BulkEngine::apply(const BlobEffects& effects, const Turn& turn) {
  for (const BlobEffect& effect : effects) {
    TRY(std::visit(Overloaded{
                       [&](const InsertBlob& insert) -> Status {
                         static_cast<void>(TRY(store_.insert_blob(insert.row)));
                         return {};
                       },
                       [&](const UpdateBlob& update) { return store_.update_blob(update.row); },
                       [&](const EraseBlob& erase) { return store_.erase_blob(erase.blob); },
                       [&](const StoreFrame& store) -> Status {
                         TRY(store_.store_frame(store.blob, store.index, *turn.brought));
                         not_durable_.emplace(store.blob, store.index);
                         ++totals_.puts;
                         return {};
                       },
                       [&](const AnswerFrame& frame) { return hand_out(frame, turn); },
                       [&](const AnswerReply& reply) -> Status {
                         note_use(turn, reply.answer);
                         answer(turn.peer, {turn.request.id, reply.answer, reply.body});
                         return {};
                       },
                   },
                   effect));
  }
  return {};
}

Status BulkEngine::hand_out(const AnswerFrame& frame, const Turn& turn) {
  // BLB-1.4
  if (not_durable_.contains({frame.blob, frame.index})) {
    const std::uint64_t lost = totals_.lost_batches;
    TRY(make_durable(turn.out));
    if (totals_.lost_batches != lost) return fail(kDiskFull, "batch of a frame");
  }
  const Bytes stored = TRY(store_.read_frame(frame.blob, frame.index));
  const GotData got{turn.request.id, StoredFrame(stored.data(), kStoredFrameBytes)};
  turn.out.push_back({turn.peer.id.value, StoreOrder::kData, encode(got)});
  note_use(turn, Answer::kOk);
  ++handed_out_;
  ++totals_.gets;
  return {};
}

void BulkEngine::note_use(const Turn& turn, Answer answer) {
  if (answer != Answer::kOk || std::holds_alternative<BulkPing>(turn.command)) return;
  turn.peer.was_useful = true;
  turn.peer.useful = turn.now;
}

void BulkEngine::answer(Peer& peer, Reply reply) {
  if (peer.replies.empty()) answering_.push_back(peer.id);
  peer.replies.push_back(std::move(reply));
}

Status BulkEngine::send(Peer& peer, const Message& message, StoreBatch& out) {
  const Cell cell = TRY(encode(message));
  out.push_back({peer.id.value, StoreOrder::kCell, to_bytes(cell)});
  return {};
}

Status BulkEngine::commit(StoreBatch& out) {
  TRY(make_durable(out));
  for (auto& [number, peer] : peers_) {
    peer.taken = 0;
    peer.map_taken = false;
  }
  handed_out_ = 0;
  return {};
}

Status BulkEngine::make_durable(StoreBatch& out) {
  if (std::exchange(batch_open_, false)) {
    const Status committed = store_.commit();
    if (!committed.has_value()) {
      if (committed.error().code != kDiskFull) return committed;
      TRY(lose_batch());
    }
  }
  not_durable_.clear();
  for (const ConnectionId id : std::exchange(answering_, {})) {
    const auto peer = peers_.find(id.value);
    if (peer == peers_.end()) continue;
    for (const Cell& cell : TRY(pack(std::exchange(peer->second.replies, {}))))
      out.push_back({id.value, StoreOrder::kCell, to_bytes(cell)});
  }
  return {};
}

// The disk is full and nothing of the batch happened: everybody in it hears busy and asks again.
Status BulkEngine::lose_batch() {
  store_.rollback();
  batch_open_ = false;
  not_durable_.clear();
  ++totals_.lost_batches;
  for (const ConnectionId id : answering_) {
    const auto peer = peers_.find(id.value);
    if (peer == peers_.end()) continue;
    for (Reply& reply : peer->second.replies) reply = {.id = reply.id, .answer = Answer::kBusy};
  }
  return {};
}

// BLB-1.5
void BulkEngine::end_useless(Instant now, StoreBatch& out) {
  std::vector<ConnectionId> ending;
  const Peer* longest = nullptr;
  for (auto& [number, peer] : peers_) {
    peer.useful = std::min(peer.useful, now);  // a clock that was set back makes nobody immortal
    if (!peer.was_useful && milliseconds_after(peer.useful, kBulkUselessMilliseconds) <= now)
      ending.push_back(peer.id);
    if (longest == nullptr || peer.useful < longest->useful) longest = &peer;
  }
  if (ending.empty() && peers_.size() >= kBulkCrowd &&
      milliseconds_after(longest->useful, kBulkIdleMilliseconds) <= now)
    ending.push_back(longest->id);
  for (const ConnectionId id : ending) kick(peers_.at(id.value), out);
}

Result<Sweep> BulkEngine::tick(Instant now, StoreBatch& out) {
  end_useless(now, out);
  if (full_until_.has_value() && now < *full_until_) return Sweep::kDone;
  const Result<Sweep> swept = sweep(now);
  if (swept.has_value() || swept.error().code != kDiskFull) return swept;
  // What is expired stays a little longer; nothing of it is handed out.
  store_.rollback();
  full_until_ = milliseconds_after(now, kDiskFullPauseMilliseconds);
  return Sweep::kDone;
}

Result<Sweep> BulkEngine::sweep(Instant now) {
  if (swept_ != now.day()) {
    TRY(store_.begin());
    const Sweep swept = TRY(store_.expire(now.day(), kErasedBlobs));
    TRY(store_.commit());
    if (swept == Sweep::kMore) return Sweep::kMore;
    swept_ = now.day();
  }
  return store_.maintain(now);
}

BulkFigures BulkEngine::figures() const {
  BulkFigures figures = totals_;
  figures.connections = peers_.size();
  figures.stored = store_.counts();
  return figures;
}

}  // namespace tocsin

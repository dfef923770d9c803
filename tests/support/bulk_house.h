// tests/support/bulk_house.h: a bulk engine and its peers in one process, without sockets.
//
// BulkHouse holds one run of an engine over any blob store; BulkPeer is one connection and speaks
// the client's side of the protocol with it. Nothing waits: time is what the test sets.
#pragma once

#include "relay/bulk/engine.h"
#include "tests/support/relay_house.h"

namespace tocsin {

class BulkHouse {
 public:
  explicit BulkHouse(BlobStore& store) : store_(store) { restart(); }

  // The process died, whatever was open is lost, and a new run begins on the same store.
  void restart(std::optional<Notice> notice = std::nullopt) {
    engine_.reset();
    store_.rollback();
    inboxes_.clear();
    engine_ = BulkEngine::create(
        {.password = RelayHouse::access_key(), .notice = notice},
        {.signing = identity_.signing.secret.duplicate(), .curve = identity_.address.curve}, store_,
        rng_);
  }
  void take(EdgeToStore message) {
    EdgeBatch batch;
    batch.push_back(std::move(message));
    take(batch);
  }
  // As the plane's loop does: a commit where one must come before more is taken. The most bytes of
  // frames that stood in the outgoing batch at one time.
  std::size_t take(std::span<const EdgeToStore> batch) {
    std::size_t most = 0;
    while (!batch.empty()) {
      StoreBatch out;
      const std::size_t taken = engine_->take(batch, now, out).value();
      batch = batch.subspan(taken);
      if (!batch.empty()) engine_->commit(out).value();
      std::size_t bytes = 0;
      for (const StoreToEdge& order : out) bytes += order.frame.size();
      most = std::max(most, bytes);
      deliver(out);
    }
    return most;
  }
  void commit() {
    StoreBatch out;
    engine_->commit(out).value();
    deliver(out);
  }
  void tick() {
    StoreBatch out;
    while (engine_->tick(now, out).value() == Sweep::kMore) {
    }
    deliver(out);
  }
  StoreBatch take_inbox(EdgeConnection connection) {
    return std::exchange(inboxes_[connection], {});
  }
  bool is_kicked(EdgeConnection connection) const { return kicked_.contains(connection); }
  EdgeConnection next_connection() { return ++last_connection_; }
  BulkFigures figures() const { return engine_->figures(); }
  const RelayAddress& address() const { return identity_.address; }
  Rng& rng() { return rng_; }

  Instant now{20'000LL * 86'400'000};

 private:
  void deliver(StoreBatch& out) {
    for (StoreToEdge& order : out) {
      if (order.kind == StoreOrder::kKick) {
        kicked_.insert(order.connection);
      } else {
        inboxes_[order.connection].push_back(std::move(order));
      }
    }
  }

  SeededRng rng_{7};
  RelayIdentity identity_{rng_};
  BlobStore& store_;
  std::unique_ptr<BulkEngine> engine_;
  std::map<EdgeConnection, StoreBatch> inboxes_;
  std::set<EdgeConnection> kicked_;
  EdgeConnection last_connection_ = 0;
};

// A blob as its owner knows it.
struct OwnedBlob {
  OwnerPair owner;
  ReadId id;
};

class BulkPeer {
 public:
  explicit BulkPeer(BulkHouse& house) : house_(house), connection_(house.next_connection()) {
    house_.take({connection_, EdgeEvent::kOpened, {}});
    put_message(Hello{{kProtocolVersion}});
    for (const StoreToEdge& order : house_.take_inbox(connection_)) {
      const Message message = decode(order.frame).value();
      welcome_ = verify_welcome(std::get<SignedWelcome>(message), house_.address()).value();
    }
    facts_ = {.relay = welcome_.curve, .session = welcome_.session, .nonce = welcome_.nonce};
  }

  void put_message(const Message& message) {
    house_.take({connection_, EdgeEvent::kCell, to_bytes(encode(message).value())});
  }
  void put_data(Bytes frame) { house_.take({connection_, EdgeEvent::kData, std::move(frame)}); }

  Request request(const BulkCommand& command, const OwnerPair* owner = nullptr) {
    last_ = RequestId{last_.value + 1};
    Request made{.id = last_, .command = encode_bulk(command)};
    if (owner != nullptr) {
      const OwnerKey key = owner_key(owner->secret, owner->public_key, facts_).value();
      made.tag = owner_tag(key, made.id, made.command);
    }
    if (std::holds_alternative<CreateBlob>(command) && has_password)
      made.access = prove_access(RelayHouse::access_key(), facts_, made);
    return made;
  }
  RequestId send(const BulkCommand& command, const OwnerPair* owner = nullptr) {
    const Request made = request(command, owner);
    put_message(Requests{{made}});
    return made.id;
  }
  RequestId send_put(const ReadId& id, std::uint32_t index, std::uint8_t content,
                     const OwnerPair& owner) {
    const Request made = request(PutFrame{id, index}, &owner);
    const Bytes stored(kStoredFrameBytes, content);
    put_data(encode(PutData{made, StoredFrame(stored.data(), kStoredFrameBytes)}));
    return made.id;
  }
  // Sends, commits, and returns what was answered to it.
  Reply ask(const BulkCommand& command, const OwnerPair* owner = nullptr) {
    const RequestId id = send(command, owner);
    return answer(id);
  }
  Answer put(const OwnedBlob& blob, std::uint32_t index, std::uint8_t content) {
    return answer(send_put(blob.id, index, content, blob.owner)).answer;
  }
  Reply answer(RequestId id) {
    house_.commit();
    collect();
    return replies.at(id.value);
  }
  // The first byte of a frame that is there; tests put frames of one repeated byte.
  std::optional<int> get(const ReadId& id, std::uint32_t index) {
    const RequestId asked = send(GetFrame{id, index});
    house_.commit();
    collect();
    if (!data.contains(asked.value)) return std::nullopt;
    return data.at(asked.value);
  }
  OwnedBlob create(std::uint32_t frames, std::uint8_t days = kBlobDays) {
    OwnerPair owner = make_x25519_pair<OwnerPublic, OwnerSecret>(house_.rng());
    const Reply reply = ask(CreateBlob{owner.public_key, frames, days}, &owner);
    return {std::move(owner), ReadId::from(reply.body).value()};
  }

  // Sorts what has arrived into replies, data and malformed.
  void collect() {
    for (const StoreToEdge& order : house_.take_inbox(connection_)) {
      if (order.kind == StoreOrder::kData) {
        const GotData got = decode_got(order.frame).value();
        data.insert_or_assign(got.request.value, int{got.stored[0]});
        continue;
      }
      Message message = decode(order.frame).value();
      if (auto* some = std::get_if<Replies>(&message)) {
        for (Reply& reply : some->list) replies.insert_or_assign(reply.id.value, std::move(reply));
      } else if (std::holds_alternative<Malformed>(message)) {
        ++malformed;
      }
    }
  }

  EdgeConnection connection() const { return connection_; }
  const Welcome& welcome() const { return welcome_; }

  std::map<std::uint64_t, Reply> replies;
  std::map<std::uint64_t, int> data;
  int malformed = 0;
  bool has_password = true;

 private:
  BulkHouse& house_;
  EdgeConnection connection_;
  Welcome welcome_;
  SessionFacts facts_;
  RequestId last_{0};
};

}  // namespace tocsin

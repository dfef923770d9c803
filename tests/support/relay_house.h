// tests/support/relay_house.h: a store engine and its peers in one process, without sockets.
//
// RelayHouse holds one run of an engine over any store; Peer is one connection and speaks the
// client's side of the protocol with it. Nothing waits: time is what the test sets.
#pragma once

#include <map>
#include <set>
#include <utility>

#include "crypto/box/agree.h"
#include "crypto/box/sign.h"
#include "protocol/mailbox/owner_tag.h"
#include "protocol/mailbox/password.h"
#include "protocol/wire/cell.h"
#include "protocol/wire/command.h"
#include "protocol/wire/reply.h"
#include "relay/store/engine.h"

namespace tocsin {

// The long-lived keys of a relay under test.
struct RelayIdentity {
  explicit RelayIdentity(Rng& rng) : signing(make_signing_pair(rng)) {
    address.curve = rng.draw<CurvePublic>();
    address.store_pin = store_pin_of(signing.public_key);
    address.host = "127.0.0.1";
    address.port = 1;
  }
  KeyPair<SigningPublic, SigningSecret> signing;
  RelayAddress address;
};

class RelayHouse {
 public:
  static constexpr std::uint64_t kPlentyOfRoom = 1'000'000;

  // The password's key without Argon2id: what it was derived from is not under test here.
  static EngineConfig config() {
    EngineConfig config;
    config.access = AccessPolicy::kPassword;
    config.password = access_key();
    config.budget_cells = kPlentyOfRoom;
    return config;
  }
  static AccessKey access_key() {
    SeededRng rng(99);
    return AccessKey::random(rng);
  }

  explicit RelayHouse(Store& store, EngineConfig configuration = config()) : store_(store) {
    restart(std::move(configuration));
  }

  // The process died, whatever was open is lost, and a new run begins on the same store.
  void restart(EngineConfig configuration = config()) {
    engine_.reset();
    store_.rollback();
    inboxes_.clear();
    auto engine = StoreEngine::create(
        std::move(configuration),
        {.signing = identity_.signing.secret.duplicate(), .curve = identity_.address.curve}, store_,
        work_, rng_);
    engine_ = std::move(engine.value());
  }

  Status take(const EdgeBatch& batch) {
    StoreBatch out;
    const Status taken = engine_->take(batch, now, out);
    deliver(out);
    return taken;
  }
  Status commit() {
    StoreBatch out;
    const Status committed = engine_->commit(now, out);
    deliver(out);
    return committed;
  }
  Status tick() {
    StoreBatch out;
    const Status ticked = engine_->tick(now, out);
    deliver(out);
    return ticked;
  }

  std::vector<Message> take_inbox(EdgeConnection connection) {
    return std::exchange(inboxes_[connection], {});
  }
  bool is_kicked(EdgeConnection connection) const { return kicked_.contains(connection); }
  EdgeConnection next_connection() { return ++last_connection_; }

  EngineFigures figures() { return engine_->figures(); }
  const RelayAddress& address() const { return identity_.address; }
  Rng& rng() { return rng_; }

  Instant now{20'000LL * 86'400'000};

 private:
  void deliver(const StoreBatch& out) {
    for (const StoreToEdge& order : out) {
      if (order.kind == StoreOrder::kKick) {
        kicked_.insert(order.connection);
        continue;
      }
      inboxes_[order.connection].push_back(decode(order.frame).value());
    }
  }

  SeededRng rng_{7};
  RelayIdentity identity_{rng_};
  Store& store_;
  InlineWorkExecutor work_;
  std::unique_ptr<StoreEngine> engine_;
  std::map<EdgeConnection, std::vector<Message>> inboxes_;
  std::set<EdgeConnection> kicked_;
  EdgeConnection last_connection_ = 0;
};

using OwnerPair = KeyPair<OwnerPublic, OwnerSecret>;

// A mailbox as its owner knows it.
struct OwnedMailbox {
  OwnerPair owner;
  CreatedMailbox ids;
};

class Peer {
 public:
  explicit Peer(RelayHouse& house) : house_(house), connection_(house.next_connection()) {
    put({connection_, EdgeEvent::kOpened, {}});
    put_message(Hello{{kProtocolVersion}});
    for (const Message& message : house_.take_inbox(connection_)) {
      if (const auto* signed_welcome = std::get_if<SignedWelcome>(&message))
        welcome_ = verify_welcome(*signed_welcome, house_.address()).value();
    }
    facts_ = {.relay = welcome_.curve, .session = welcome_.session, .nonce = welcome_.nonce};
  }

  void put(EdgeToStore message) { must(house_.take({std::move(message)})); }
  void put_message(const Message& message) {
    put({connection_, EdgeEvent::kCell, to_bytes(encode(message).value())});
  }
  void leave() { put({connection_, EdgeEvent::kClosed, {}}); }

  // One request in a cell of its own; the answer comes with the next commit.
  RequestId send(const Command& command, const OwnerPair* owner = nullptr) {
    const Request made = request(command, owner);
    put_message(Requests{{made}});
    return made.id;
  }
  Request request(const Command& command, const OwnerPair* owner = nullptr) {
    last_ = RequestId{last_.value + 1};
    Request made{.id = last_, .command = encode_command(command).value()};
    if (owner != nullptr) {
      const OwnerKey key = owner_key(owner->secret, owner->public_key, facts_).value();
      made.tag = owner_tag(key, made.id, made.command);
    }
    const bool is_create = std::holds_alternative<CreateMailbox>(command);
    if (is_create || std::holds_alternative<PutBoard>(command))
      made.access = prove_access(RelayHouse::access_key(), facts_, made);
    return made;
  }
  // Sends, commits, and returns what was answered to it.
  Reply ask(const Command& command, const OwnerPair* owner = nullptr) {
    const RequestId id = send(command, owner);
    must(house_.commit());
    collect();
    return replies.at(id.value);
  }
  Answer answer_to(const Command& command, const OwnerPair* owner = nullptr) {
    return ask(command, owner).answer;
  }

  OwnedMailbox create(MailboxClass mailbox_class = MailboxClass::kContact,
                      std::uint32_t quota = kContactQuota) {
    OwnerPair owner = make_x25519_pair<OwnerPublic, OwnerSecret>(house_.rng());
    const Reply reply = ask(CreateMailbox{owner.public_key, mailbox_class, quota}, &owner);
    return {std::move(owner), decode_created(reply.body).value()};
  }
  Answer subscribe(const OwnedMailbox& mailbox, std::uint32_t credit = 16) {
    return answer_to(Subscribe{mailbox.ids.read_id, credit}, &mailbox.owner);
  }
  Answer ack(const OwnedMailbox& mailbox, Sequence through, std::uint32_t credit = 16) {
    return answer_to(Ack{mailbox.ids.read_id, through, credit}, &mailbox.owner);
  }
  Answer deposit(const DropId& drop, std::uint8_t content) {
    return answer_to(deposit_of(drop, content));
  }
  static Deposit deposit_of(const DropId& drop, std::uint8_t content) {
    return {drop, Bytes(kEnvelopeBytes, content)};
  }

  // Sorts what has arrived into replies, pushes and malformed.
  void collect() {
    for (Message& message : house_.take_inbox(connection_)) {
      if (auto* some = std::get_if<Replies>(&message)) {
        ++reply_cells;
        for (Reply& reply : some->list) replies.insert_or_assign(reply.id.value, std::move(reply));
      } else if (auto* pushed = std::get_if<Pushes>(&message)) {
        for (Push& push : pushed->list) pushes.push_back(std::move(push));
      } else if (std::holds_alternative<Malformed>(message)) {
        ++malformed;
      }
    }
  }
  std::vector<Push> take_pushes() {
    collect();
    return std::exchange(pushes, {});
  }
  // First bytes of what was pushed: tests deposit envelopes of one repeated byte.
  std::vector<int> take_contents() {
    std::vector<int> contents;
    for (const Push& push : take_pushes()) contents.push_back(push.body.front());
    return contents;
  }

  EdgeConnection connection() const { return connection_; }
  const Welcome& welcome() const { return welcome_; }
  const SessionFacts& facts() const { return facts_; }

  std::map<std::uint64_t, Reply> replies;
  std::vector<Push> pushes;
  int malformed = 0;
  int reply_cells = 0;

 private:
  static void must(const Status& status) { status.value(); }

  RelayHouse& house_;
  EdgeConnection connection_;
  Welcome welcome_;
  SessionFacts facts_;
  RequestId last_{0};
};

}  // namespace tocsin

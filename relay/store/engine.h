// relay/store/engine.h: the store's side of the relay: cells in, decisions, cells out.
//
// Spec:    protocol/spec/mailbox.md, board.md, store.md STO-3, STO-4; wire.md WIR-3, WIR-4
// Shape:   take(batch) decides inside an open transaction; what may leave before the commit (a
//          welcome, a push of a cell, a kick) is in `out` at once. commit() makes the batch durable
//          and adds its answers, all together. tick() between batches: retention, finished proofs.
// Secrets: the store's signing key, the run's agreement key, the lookup key
// Errors:  the store's. disk_full is not among them: those asked for growth hear busy, everything
//          accepted stays. Any other error is the end of this run.
// Threads: one, but for close_bulk(); no socket, no clock, no randomness of its own
//
// Every command goes one way: decode → load → decide (protocol, pure) → commit → reply.
#pragma once

#include <atomic>
#include <map>
#include <optional>
#include <set>

#include "protocol/mailbox/decide.h"
#include "protocol/wire/welcome.h"
#include "relay/boundary.h"
#include "relay/store/connections.h"
#include "relay/store/mailbox_cache.h"
#include "relay/store/work_executor.h"
#include "relay/store/work_gate.h"

namespace tocsin {

struct EngineConfig {
  Durability durability = Durability::kDurable;
  AccessPolicy access = AccessPolicy::kOpen;
  std::uint32_t work_bits = 0;              // Argon2id bits a calm relay asks for
  std::optional<AccessKey> password;        // with policy password
  std::uint64_t budget_cells = 0;           // cells and boards the store may hold
  std::optional<Notice> notice;             // closing: no new mailboxes
  std::uint16_t bulk_port = 0;              // 0: no bulk plane
  std::set<BoardId> blocked;                // refused, and erased at the start
  WelcomeLimits limits = default_limits();  // enforced as told
};

struct EngineKeys {
  SigningSecret signing;  // of welcome; its pin is in the relay's address
  CurvePublic curve;
};
// From the signing key, not the database's: it stays when the database gets another key.
LookupKey lookup_key_of(const SigningSecret& signing);

// For status and tests: numbers only.
struct EngineFigures {
  std::size_t connections = 0, subscriptions = 0, watches = 0;  // now
  std::size_t cached_mailboxes = 0, waiting_work = 0;
  StoreCounts stored;
  std::uint64_t deposits = 0, pushes = 0, acknowledged = 0;  // cells, since the start
  std::uint64_t malformed = 0, kicked = 0, lost_batches = 0;
  std::uint64_t key_agreements = 0;
  std::array<std::uint64_t, kAnswerCount> answers{};
};

class StoreEngine {
 public:
  // Raises the store's boot epoch: one engine is one run. `store`, `work` and `rng` outlive it.
  static Result<std::unique_ptr<StoreEngine>> create(EngineConfig config, EngineKeys keys,
                                                     Store& store, WorkExecutor& work, Rng& rng);

  Status take(std::span<const EdgeToStore> batch, Instant now, StoreBatch& out);
  Status commit(Instant now, StoreBatch& out);
  Status tick(Instant now, StoreBatch& out);

  // Requests wait for commit().
  bool has_open_batch() const { return batch_open_ || !answering_.empty(); }
  // How much commit() has to write.
  std::size_t cells_to_write() const { return store_.cells_to_write(); }
  EngineFigures figures();

  // BLB-1.6: from now on a welcome names no bulk port. From any thread.
  void close_bulk() { bulk_closed_ = true; }

 private:
  struct Waiting {  // for its Argon2id check
    ConnectionId connection;
    Request request;
  };
  // One request on its way.
  struct Turn {
    Connection& connection;
    const Request& request;
    const Command& command;
    AccessVerdict access;
    Instant now;
    StoreBatch& out;
    std::uint32_t hidden_credit = 0;  // kept from decide while too much is in flight
  };

  StoreEngine(EngineConfig config, EngineKeys keys, Store& store, WorkExecutor& work, Rng& rng,
              BootEpoch epoch);

  // engine.cc: connections and cells.
  Status on_message(const EdgeToStore& message, Instant now, StoreBatch& out);
  Status on_cell(Connection& connection, BytesView cell, Instant now, StoreBatch& out);
  Status on_hello(Connection& connection, const Hello& hello, Instant now, StoreBatch& out);
  Status on_malformed(Connection& connection, StoreBatch& out);
  void kick(Connection& connection, StoreBatch& out);
  void on_closed(ConnectionId id);
  Status send(Connection& connection, const Message& message, StoreBatch& out);
  void answer(Connection& connection, Reply reply);
  Status send_answers(StoreBatch& out);
  Status lose_batch(Instant now);
  Status sweep(Instant now);
  bool is_paused(Instant now) const;  // the disk was full a moment ago
  Room room(Instant now) const;

  // engine_requests.cc: decode → load → decide.
  Status on_request(Connection& connection, Request request, Instant now, StoreBatch& out);
  Status serve(Turn turn);
  Status erase_blocked();
  Status serve_or_refuse(Turn turn);
  bool is_within_rates(Turn& turn, CachedMailbox* mailbox);
  Result<Loaded> load(Turn& turn, const Needs& needs, CachedMailbox*& mailbox);
  // The access verdict, or nothing while an Argon2id check is under way.
  std::optional<AccessVerdict> judge(Turn& turn, const Loaded& loaded);
  std::uint32_t push_room(const Connection& connection) const;

  // engine_effects.cc: what a decision asks for.
  Status apply(Effects effects, Turn& turn, MailboxNumber mailbox);
  Status apply_one(InsertMailbox& effect, Turn& turn, MailboxNumber mailbox);
  Status apply_one(UpdateMailbox& effect, Turn& turn, MailboxNumber mailbox);
  Status apply_one(EraseMailbox& effect, Turn& turn, MailboxNumber mailbox);
  Status apply_one(AppendCell& effect, Turn& turn, MailboxNumber mailbox);
  Status apply_one(EraseThrough& effect, Turn& turn, MailboxNumber mailbox);
  Status apply_one(PutBoardRow& effect, Turn& turn, MailboxNumber mailbox);
  Status apply_one(EraseBoard& effect, Turn& turn, MailboxNumber mailbox);
  Status apply_one(SetSubscription& effect, Turn& turn, MailboxNumber mailbox);
  Status apply_one(AddWatch& effect, Turn& turn, MailboxNumber mailbox);
  Status apply_one(PushBacklog& effect, Turn& turn, MailboxNumber mailbox);
  Status apply_one(SendPush& effect, Turn& turn, MailboxNumber mailbox);
  Status apply_one(SendReply& effect, Turn& turn, MailboxNumber mailbox);
  void end_subscription(CachedMailbox& mailbox);
  void release(Connection& connection, std::size_t pushes);
  void note_starved(MailboxNumber mailbox);
  Status feed_starved(Turn& turn);

  EngineConfig config_;
  EngineKeys keys_;
  StorePublic public_;
  LookupKey lookup_;
  KeyPair<StoreSessionPublic, StoreSessionSecret> session_;
  Store& store_;
  WorkExecutor& work_;
  Rng& rng_;
  MailboxCache cache_;
  Connections connections_;
  std::map<BoardId, std::vector<BoardWatch>> watches_;
  WorkGate gate_;
  std::map<WorkTicket, Waiting> waiting_;
  WorkTicket last_ticket_{0};

  std::atomic<bool> bulk_closed_ = false;
  bool batch_open_ = false;
  std::vector<ConnectionId> answering_;  // have replies in the open batch
  std::vector<MailboxNumber> touched_;   // changed in the open batch
  std::vector<ConnectionId> hungry_;     // got room for pushes in this turn
  std::optional<Instant> full_until_;    // after a full disk
  std::optional<Day> swept_;             // retention is through for this day
  EngineFigures totals_;
};

}  // namespace tocsin

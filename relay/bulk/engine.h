// relay/bulk/engine.h: the store's side of the bulk plane: frames in, decisions, frames out.
//
// Spec:    protocol/spec/blob.md
// Shape:   take(batch) decides inside an open transaction; what is durable already (a welcome, a
//          stored frame) is in `out` at once. commit() makes the batch durable and adds its
//          answers. tick() between batches: lines that are of no use, retention, overwriting what
//          was freed.
// Secrets: the store's signing key, the run's agreement key, the lookup key
// Errors:  the store's. disk_full is not among them: those asked hear busy; nor is slot_fault: who
//          asked for that frame hears refused. Any other error is the end of this run.
// Threads: one; no socket, no clock, no randomness of its own
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <unordered_map>

#include "protocol/blob/decide.h"
#include "relay/boundary.h"
#include "relay/bulk/blob_store.h"
#include "relay/store/engine.h"

namespace tocsin {

struct BulkConfig {
  Durability durability = Durability::kDurable;
  AccessKey password;            // BLB-4.1: there is no bulk plane without one
  std::optional<Notice> notice;  // closing: no new blobs
};

// For status and tests: numbers only.
struct BulkFigures {
  std::size_t connections = 0;
  BlobCounts stored;
  std::uint64_t puts = 0, gets = 0, malformed = 0, kicked = 0, lost_batches = 0;
  std::uint64_t slot_faults = 0;  // frames that could not be read or written
};

class BulkEngine {
 public:
  // `store` and `rng` outlive it.
  static std::unique_ptr<BulkEngine> create(BulkConfig config, EngineKeys keys, BlobStore& store,
                                            Rng& rng);

  // How many of them were taken: not all when so much was handed out that a commit must come first
  // (kBulkAnswerFrames), and none when one should have come before.
  Result<std::size_t> take(std::span<const EdgeToStore> batch, Instant now, StoreBatch& out);
  Status commit(StoreBatch& out);
  // Between batches. Whether there is more to do at once.
  Result<Sweep> tick(Instant now, StoreBatch& out);

  bool has_open_batch() const { return batch_open_ || !answering_.empty(); }
  BulkFigures figures() const;

 private:
  struct Peer {
    ConnectionId id;
    std::unique_ptr<OwnerKeys> keys;  // from its hello on
    RequestId last_request;
    std::uint32_t malformed = 0;  // frames
    std::uint32_t taken = 0;      // requests since the last commit: what they bring out is bounded
    bool map_taken = false;       // one of them was a stat
    bool was_useful = false;      // something but a ping was answered ok
    Instant useful;               // when, or when the line began
    std::vector<Reply> replies;   // leave after the commit
  };
  // One request on its way.
  struct Turn {
    Peer& peer;
    const Request& request;
    const BulkCommand& command;
    std::optional<StoredFrame> brought;  // with a put
    Instant now;
    StoreBatch& out;
  };

  BulkEngine(BulkConfig config, EngineKeys keys, BlobStore& store, Rng& rng);

  Status on_message(const EdgeToStore& message, Instant now, StoreBatch& out);
  Status on_cell(Peer& peer, BytesView cell, Instant now, StoreBatch& out);
  Status on_data(Peer& peer, BytesView frame, Instant now, StoreBatch& out);
  Status on_hello(Peer& peer, const Hello& hello, Instant now, StoreBatch& out);
  Status on_malformed(Peer& peer, StoreBatch& out);
  void kick(Peer& peer, StoreBatch& out);
  // Whether the request may be looked at: its id rises, and there is room for its answer.
  enum class Entry : std::uint8_t { kIn, kAnswered, kMalformed };
  Entry enter(Peer& peer, const Request& request);
  Status serve(const Turn& turn);
  Status serve_or_refuse(const Turn& turn);
  Result<LoadedBlob> load(const Turn& turn);
  Status apply(const BlobEffects& effects, const Turn& turn);
  Status hand_out(const AnswerFrame& frame, const Turn& turn);
  static void note_use(const Turn& turn, Answer answer);
  Status make_durable(StoreBatch& out);
  Status lose_batch();
  void end_useless(Instant now, StoreBatch& out);
  Result<Sweep> sweep(Instant now);
  void answer(Peer& peer, Reply reply);
  Status send(Peer& peer, const Message& message, StoreBatch& out);

  BulkConfig config_;
  EngineKeys keys_;
  StorePublic public_;
  LookupKey lookup_;
  KeyPair<StoreSessionPublic, StoreSessionSecret> session_;
  BlobStore& store_;
  Rng& rng_;
  std::unordered_map<EdgeConnection, Peer> peers_;
  bool batch_open_ = false;
  std::size_t handed_out_ = 0;                                  // data frames since the last commit
  std::vector<ConnectionId> answering_;                         // have replies in the open batch
  std::set<std::pair<BlobNumber, std::uint32_t>> not_durable_;  // frames of the open batch
  std::optional<Instant> full_until_;  // after a full disk nothing is swept
  std::optional<Day> swept_;           // retention is through for this day
  BulkFigures totals_;
};

}  // namespace tocsin

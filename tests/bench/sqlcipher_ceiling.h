// tests/bench/sqlcipher_ceiling.h: what SQLCipher reaches with the relay's own schema, settings and
// batch size and nothing around it.
//
// Shape:   insert() then erase(): cells per second; only the time inside the batches counts
// Errors:  ends the bench
// Threads: one
#pragma once

#include <algorithm>
#include <chrono>

#include "crypto/db/database.h"
#include "protocol/limits.h"
#include "relay/store/sqlcipher_schema.h"
#include "relay/store/sqlcipher_store.h"
#include "tests/support/temporary_folder.h"

namespace tocsin::bench {

class Stopwatch {
 public:
  template <class Work>
  void run(Work&& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    spent_ += std::chrono::steady_clock::now() - start;
  }
  double per_second(std::size_t count) const {
    return static_cast<double>(count) / std::chrono::duration<double>(spent_).count();
  }

 private:
  std::chrono::steady_clock::duration spent_{};
};

class SqlcipherCeiling {
 public:
  SqlcipherCeiling(std::size_t mailboxes, std::size_t cells)
      : mailboxes_(mailboxes), cells_(cells) {
    // As the store does.
    database_.run("PRAGMA cache_size = -8192").value();
  }
  static constexpr std::size_t kPerAck = 8;  // cells that one acknowledgement covers

  // Cells per second; erase() empties what insert() wrote.
  double insert() {
    Stopwatch watch;
    for (std::size_t done = 0; done < cells_; done += kBatch) {
      watch.run([&] {
        Transaction batch = database_.begin().value();
        for (std::size_t i = done; i < std::min(done + kBatch, cells_); ++i) {
          database_
              .run(
                  "INSERT INTO cell(mailbox, sequence, last_day, envelope) VALUES (?1, ?2, ?3, ?4)",
                  i % mailboxes_, i / mailboxes_, 1, envelope_)
              .value();
        }
        std::move(batch).commit().value();
        database_.maintain(now()).value();
      });
    }
    return watch.per_second(cells_);
  }
  double erase() {
    Stopwatch watch;
    const std::size_t each = cells_ / mailboxes_;
    std::size_t erased = 0, in_batch = 0;
    for (std::size_t mailbox = 0; mailbox < mailboxes_;) {
      watch.run([&] {
        Transaction batch = database_.begin().value();
        for (in_batch = 0; mailbox < mailboxes_ && in_batch < kBatch; ++mailbox) {
          for (std::size_t through = kPerAck - 1; through < each; through += kPerAck) {
            database_
                .run("DELETE FROM cell WHERE mailbox = ?1 AND sequence <= ?2", mailbox, through)
                .value();
            in_batch += kPerAck;
          }
        }
        std::move(batch).commit().value();
        database_.maintain(now()).value();
      });
      erased += in_batch;
    }
    database_.run("DELETE FROM cell").value();
    return watch.per_second(erased);
  }

 private:
  static Instant now() {
    return {std::chrono::duration_cast<std::chrono::milliseconds>(
                std::chrono::system_clock::now().time_since_epoch())
                .count()};
  }
  static constexpr std::size_t kBatch = kGroupCommitCells;

  std::size_t mailboxes_, cells_;
  TemporaryFolder folder_;
  SeededRng rng_{1};
  Bytes envelope_ = Bytes(kEnvelopeBytes, 7);
  DatabaseOptions options_{.schema = kStoreSchema,
                           .application_id = kStoreApplicationId,
                           .page_bytes = kRelayPageBytes,
                           .wal_truncate_bytes = kRelayWalTruncateBytes};
  Database database_ =
      Database::create(folder_.file("raw.db"), DatabaseKey::random(rng_), options_).value();
};

}  // namespace tocsin::bench

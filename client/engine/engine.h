// client/engine/engine.h: the one owner of a vault: its identity, its clock, its relays, and what
// is in memory only.
//
// What can be done with it is in the other headers of this folder, one subject each: pairing.h,
// sending.h, receiving.h, upkeep.h, organisation.h, alerts.h.
//
// Secrets: identity and signing key, while the vault is open
// Errors:  not_found (a vault without an identity), those of crypto/db
// Threads: one
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>

#include "client/codes.h"
#include "client/engine/evidence_port.h"
#include "client/engine/relay_port.h"
#include "client/store/contact_rows.h"
#include "client/store/session_rows.h"
#include "crypto/ratchet/kem_pool.h"
#include "protocol/delivery/outbox.h"
#include "protocol/session/assembler.h"

namespace tocsin {

using Clock = std::function<Instant()>;

struct EngineParts {
  Database& db;
  RelayPort& relays;
  Rng& rng;
  Clock clock;
  EvidencePort* evidence = nullptr;  // none: no file moves
};

class Engine {
 public:
  // A fresh identity and signing key in an empty vault.
  static Status found(Database& db, Rng& rng);
  static Result<std::unique_ptr<Engine>> open(const EngineParts& parts);

  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  Database& db() { return parts_.db; }
  RelayPort& relays() { return parts_.relays; }
  Rng& rng() { return parts_.rng; }
  EvidencePort* evidence() { return parts_.evidence; }
  Instant now() const { return parts_.clock(); }
  Day today() const { return now().day(); }

  const IdentityPublic& identity() const { return identity_; }
  const SigningPublic& signing() const { return signing_; }
  const IdentitySecret& identity_secret() const { return identity_secret_; }
  const SigningSecret& signing_secret() const { return signing_secret_; }
  InnerIdentity inner_identity() const { return {identity_, identity_secret_}; }

  Outbox& outbox() { return outbox_; }
  Assembler& assembler() { return assembler_; }
  // Null where no memory can be locked.
  KemPool* kem_pool() { return kem_pool_.has_value() ? &*kem_pool_ : nullptr; }
  // What the next seal of a session is told (session.md: it turns the ratchet when it can).
  SinceUnlock since_unlock(const SessionId& sid) const {
    return sealed_since_unlock_.contains(sid) ? SinceUnlock::kLaterSeal : SinceUnlock::kFirstSeal;
  }
  void note_sealed(const SessionId& sid) { sealed_since_unlock_.insert(sid); }

  // Cells that arrived and could not be taken (a full disk): a relay pushes each only once on a
  // line, and acknowledging a later one would delete them there. Bounded by the reader's credit.
  using WaitingCells = std::map<MailboxId, std::map<Sequence, Envelope>>;
  WaitingCells& waiting_cells() { return waiting_cells_; }
  // A relay that did not do what upkeep asked is left alone for a while: every question may block
  // for as long as the port's limit, and everybody else waits meanwhile.
  bool may_ask(RelayId relay) const;
  // Files whose last job came to nothing are left alone for a while; how often in a row that was,
  // and how often of them a relay had lost what it should have.
  struct Resting {
    Instant until = {};
    int failures = 0;
    int losses = 0;
  };
  std::map<FileId, Resting>& resting_files() { return resting_files_; }
  // Relays that were asked to store evidence and did not are passed over until then.
  std::map<RelayId, Instant>& resting_stores() { return resting_stores_; }
  // The file that had a job last; 0: none.
  EvidenceNumber last_evidence() const { return last_evidence_; }
  void note_evidence(EvidenceNumber id) { last_evidence_ = id; }
  void note_unhelpful(RelayId relay) { unhelpful_[relay] = now(); }

  // Writes what the outbox changed, inside the caller's transaction.
  Status save_outbox_changes();
  // After a failed transaction: what is in memory is read from the rows again.
  Status reload();
  // Runs `work` in one transaction. If anything fails nothing of it is there, in memory or on disk.
  template <class Work>
  auto in_transaction(Work&& work) -> decltype(work()) {
    auto result = attempt(work);
    if (!result.has_value()) TRY(reload());
    return result;
  }

 private:
  Engine(const EngineParts& parts, IdentitySecret identity, SigningSecret signing);

  template <class Work>
  auto attempt(Work& work) -> decltype(work()) {
    Transaction transaction = TRY(parts_.db.begin());
    auto result = work();
    if (!result.has_value()) return result;
    TRY(save_outbox_changes());
    TRY(std::move(transaction).commit());
    // The work is done and durable. Tidying the log that fails now stays due: upkeep tries again
    // and tells; reporting it here would have the person do the work a second time.
    const Status tidied = parts_.db.maintain(now());
    static_cast<void>(tidied);
    return result;
  }

  EngineParts parts_;
  IdentitySecret identity_secret_;
  SigningSecret signing_secret_;
  IdentityPublic identity_;
  SigningPublic signing_;
  Outbox outbox_;
  Assembler assembler_;
  std::optional<KemPool> kem_pool_;
  std::set<SessionId> sealed_since_unlock_;
  WaitingCells waiting_cells_;
  std::map<RelayId, Instant> unhelpful_;
  std::map<FileId, Resting> resting_files_;
  std::map<RelayId, Instant> resting_stores_;
  EvidenceNumber last_evidence_ = {};
};

}  // namespace tocsin

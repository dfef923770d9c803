// relay/store/mailbox_cache.h: the mailboxes the store's thread works with right now.
//
// Spec:    protocol/spec/mailbox.md MBX-1, MBX-2
// Shape:   rows come from the store on first use; with a live subscription they stay, without one
//          the least recently used of kIdleMailboxes leave
// Errors:  the store's
// Threads: the store's
//
// Sequence numbers must never be given twice in a run, and a mailbox that left forgets its counter.
// So `floor`, the highest counter that ever left, is where every mailbox loaded later goes on.
#pragma once

#include <list>
#include <memory>
#include <unordered_map>

#include "relay/store/limits.h"
#include "relay/store/store.h"
#include "relay/store/token_bucket.h"

namespace tocsin {

struct CachedMailbox {
  MailboxRow row;
  LiveMailbox live;
  TokenBucket deposits;
  TokenBucket subscribes;
  // Pushed to the live subscription and not acknowledged; oldest first.
  std::vector<Sequence> in_flight;
};

class MailboxCache {
 public:
  MailboxCache(Store& store, BootEpoch epoch, std::size_t idle_limit = kIdleMailboxes);

  // The mailbox of a lookup, or nullptr; valid until trim() or forget().
  Result<CachedMailbox*> by_read(const LookupHash& read);
  Result<CachedMailbox*> by_drop(const LookupHash& drop);
  CachedMailbox* find(MailboxNumber mailbox);

  // The row was changed in the store as well.
  void change_row(CachedMailbox& mailbox, const MailboxRow& row);
  // The mailbox is gone from the store.
  void forget(MailboxNumber mailbox);
  // The store took back what happened to it: row and cells are loaded again, the subscription and
  // the counter stay.
  Status reload(MailboxNumber mailbox);
  // Cells were erased behind the cache's back.
  Status recount(CachedMailbox& mailbox);
  // Lets idle mailboxes leave; between commands.
  void trim();

  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    CachedMailbox mailbox;
    std::list<MailboxNumber>::iterator used;
  };
  using Hashes = std::unordered_map<LookupHash, MailboxNumber, FixedHash>;
  struct NumberHash {
    std::size_t operator()(MailboxNumber number) const { return number.value; }
  };

  Result<CachedMailbox*> admit(const MailboxRow& row);
  void index(const MailboxRow& row);
  void unindex(const MailboxRow& row);
  CachedMailbox* touch(MailboxNumber mailbox);

  Store& store_;
  Sequence floor_;
  std::size_t idle_limit_;
  std::unordered_map<MailboxNumber, Entry, NumberHash> entries_;
  std::list<MailboxNumber> order_;  // most recently used first
  Hashes by_read_, by_drop_;
};

}  // namespace tocsin

// protocol/mailbox/authorise.h: whether an owner's command is its owner's.
//
// Spec:    protocol/spec/mailbox.md MBX-4
// Shape:   one OwnerKeys per connection on the store's side
// Secrets: at most kMaxSubscriptions agreed keys, wiped with the connection
// Errors:  none: the answer is yes or no, at the same cost for every kind of no
// Threads: the store's
// Cost:    first yes and every no: one agreement and one HKDF; later yes: one BLAKE2b
#pragma once

#include <map>

#include "protocol/mailbox/owner_tag.h"

namespace tocsin {

class OwnerKeys {
 public:
  OwnerKeys(StoreSessionSecret session, const SessionFacts& facts);

  // `owner` is the row's, or nullptr when there is no such mailbox: then a dummy key is worked
  // through and the answer is no. A request without a tag costs the same.
  bool authorises(const OwnerPublic* owner, const Request& request);

  const SessionFacts& facts() const { return facts_; }
  // Key agreements so far: what tests count instead of timing.
  std::uint64_t derivations() const { return derivations_; }

 private:
  StoreSessionSecret session_;
  SessionFacts facts_;
  OwnerPublic dummy_;
  std::map<OwnerPublic, OwnerKey> proven_;  // only keys that once made a right tag
  std::uint64_t derivations_ = 0;
};

}  // namespace tocsin

// client/net/calls.h: what authorises a request (owner tags, proofs of work or of a password), and
// what an answer means.
//
// Spec:    protocol/spec/mailbox.md (tags, access)
// Secrets: borrows owner keys and the relay's password for the call
// Errors:  bad_key, no_memory
// Threads: one
#pragma once

#include "client/net/connection.h"
#include "client/store/relay_rows.h"
#include "protocol/delivery/outbox.h"

namespace tocsin::net {

struct OwnerKeys {
  OwnerPublic public_key;
  const OwnerSecret& secret;
};

// An owner's command on a mailbox that exists: its tag.
Authorise as_owner(const OwnerKeys& owner);
// A command that a relay asks a price for: work or password, as its welcome says.
Authorise as_guest(const SecretBytes& password);
// Both: a new mailbox.
Authorise as_new_owner(const OwnerKeys& owner, const SecretBytes& password);

// What a relay's answer to a deposit means to the outbox.
DepositAnswer deposit_answer(Answer answer);

}  // namespace tocsin::net

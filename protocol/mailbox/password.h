// protocol/mailbox/password.h: proof of knowing a relay's password, never the password itself.
//
// Spec:    protocol/spec/mailbox.md MBX-7
// Source:  Argon2id (RFC 9106), keyed BLAKE2b-256 (RFC 7693)
// Layout:  access bytes of a Request: kind 2 | proof 32
// Secrets: AccessKey stands for the password; both sides may keep it instead
// Errors:  malformed, refused_access
// Threads: values only
#pragma once

#include "crypto/keys/secret.h"
#include "protocol/mailbox/owner_tag.h"

namespace tocsin {

// Slow on purpose (64 MiB): once per password and relay.
Result<AccessKey> access_key_of(const SecretBytes& password, const StorePin& relay);

Bytes prove_access(const AccessKey& key, const SessionFacts& facts, const Request& request);
Status check_access_proof(const AccessKey& key, const SessionFacts& facts, const Request& request);

}  // namespace tocsin

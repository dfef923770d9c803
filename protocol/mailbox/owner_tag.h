// protocol/mailbox/owner_tag.h: the deniable tag that authorises an owner's command.
//
// Spec:    protocol/spec/mailbox.md MBX-4
// Source:  X25519 (RFC 7748), HKDF-SHA-512 (RFC 5869), keyed BLAKE2b-256 (RFC 7693)
// Shape:   owner and store agree on one OwnerKey per connection and mailbox; a tag covers
//          u64 requestId ‖ command bytes
// Secrets: OwnerKey lives as long as the connection
// Errors:  bad_key (a low-order key)
// Threads: values only
#pragma once

#include "crypto/keys/keys.h"
#include "protocol/wire/message.h"

namespace tocsin {

// What both sides know of a connection once welcome is there.
struct SessionFacts {
  CurvePublic relay;
  StoreSessionPublic session;
  WelcomeNonce nonce;
};

// The owner's side.
Result<OwnerKey> owner_key(const OwnerSecret& owner, const OwnerPublic& owner_public,
                           const SessionFacts& facts);
// The store's side: the same key.
Result<OwnerKey> owner_key(const StoreSessionSecret& session, const OwnerPublic& owner_public,
                           const SessionFacts& facts);

Tag owner_tag(const OwnerKey& key, RequestId id, BytesView command);

}  // namespace tocsin

#include "protocol/mailbox/owner_tag.h"

#include "crypto/base/codec.h"
#include "crypto/box/agree.h"
#include "crypto/box/hash.h"
#include "crypto/box/labels.h"

namespace tocsin {
namespace {

// MBX-4.1
OwnerKey derive_key(const AgreedSecret& agreed, const OwnerPublic& owner,
                    const SessionFacts& facts) {
  SecretBytes key = hkdf_sha512(
      label_bytes(Label::kOwner), agreed.expose(kExpose),
      concat({facts.relay.view(), facts.session.view(), owner.view(), facts.nonce.view()}),
      OwnerKey::kBytes);
  return OwnerKey::take(key.expose_mutable(kExpose));
}

}  // namespace

Result<OwnerKey> owner_key(const OwnerSecret& owner, const OwnerPublic& owner_public,
                           const SessionFacts& facts) {
  return derive_key(TRY(x25519_agree(owner.expose(kExpose), facts.session.view())), owner_public,
                    facts);
}

Result<OwnerKey> owner_key(const StoreSessionSecret& session, const OwnerPublic& owner_public,
                           const SessionFacts& facts) {
  return derive_key(TRY(x25519_agree(session.expose(kExpose), owner_public.view())), owner_public,
                    facts);
}

Tag owner_tag(const OwnerKey& key, RequestId id, BytesView command) {
  return keyed_blake2b_of<Tag>(key.expose(kExpose), {Writer().integer(id.value).view(), command});
}

}  // namespace tocsin

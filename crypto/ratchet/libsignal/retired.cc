// Retired chains in libsignal's own terms: taken out of a session, and put into a session of their
// own when a late message comes.
#include <signal/hkdf.h>
#include <signal/ratchet.h>

#include "crypto/box/agree.h"
#include "crypto/ratchet/libsignal/errors.h"
#include "crypto/ratchet/libsignal/record.h"

namespace tocsin::libsignal {
namespace {

constexpr int kKdfVersion = 3;

// libsignal's plain structure, wiped when it goes.
struct MessageKeys {
  ratchet_message_keys keys{};
  MessageKeys() = default;
  MessageKeys(const MessageKeys&) = delete;
  MessageKeys& operator=(const MessageKeys&) = delete;
  ~MessageKeys() { wipe({reinterpret_cast<std::uint8_t*>(&keys), sizeof keys}); }

  MutableBytes cipher() { return keys.cipher_key; }
  MutableBytes mac() { return keys.mac_key; }
  MutableBytes iv() { return keys.iv; }
};

KeyMaterial material_of(MessageKeys& keys) {
  Bytes bytes = concat({keys.cipher(), keys.mac(), keys.iv()});
  return KeyMaterial::take(bytes);
}

void fill(MessageKeys& keys, const SkippedKey& from) {
  const BytesView bytes = from.material.expose(kExpose);
  copy_exact(bytes.first(RATCHET_CIPHER_KEY_LENGTH), keys.cipher());
  copy_exact(bytes.subspan(RATCHET_CIPHER_KEY_LENGTH, RATCHET_MAC_KEY_LENGTH), keys.mac());
  copy_exact(bytes.last(RATCHET_IV_LENGTH), keys.iv());
  keys.keys.counter = from.counter;
}

struct ChainParts {
  BytesView key;
  std::uint32_t index;
};
Result<Ref<ratchet_chain_key>> chain_key_of(Context& context, const ChainParts& parts) {
  Ref<hkdf_context> kdf;
  TRY(local(hkdf_create(Out(kdf), kKdfVersion, context.library()), "kdf"));
  Ref<ratchet_chain_key> result;
  TRY(local(ratchet_chain_key_create(Out(result), kdf.get(), parts.key.data(), parts.key.size(),
                                     parts.index, context.library()),
            "chain key"));
  return result;
}

// libsignal opens nothing in a state that cannot send, so the state gets a sending chain of zeros,
// which is never used.
Status give_empty_sending_chain(Context& context, session_state* state) {
  const RawKey zero{};
  RawKey point{};
  x25519_public_of(zero, point);
  const auto public_key = TRY(public_key_of(point));
  const auto secret = TRY(private_key_of(zero));
  Ref<ec_key_pair> pair;
  TRY(local(ec_key_pair_create(Out(pair), public_key.get(), secret.get()), "empty key pair"));
  const auto chain = TRY(chain_key_of(context, {zero, 0}));
  session_state_set_sender_chain(state, pair.get(), chain.get());
  return {};
}

}  // namespace

Result<RetiredChain> take_chain(session_state* state, const RawKey& ratchet_key) {
  const auto key = TRY(public_key_of(ratchet_key));
  const ratchet_chain_key* chain = session_state_get_receiver_chain_key(state, key.get());
  if (chain == nullptr) return fail(kCannotNow, "inner record lacks a chain");
  Buffer chain_bytes;
  TRY(local(ratchet_chain_key_get_key(chain, Out(chain_bytes)), "chain key"));
  auto chain_key = InnerChainKey::from(view_of(chain_bytes.get()));
  if (!chain_key.has_value()) return fail(kCannotNow, "chain key length");
  const std::uint32_t next = ratchet_chain_key_get_index(chain);
  if (next > kMaxInner) return fail(kCannotNow, "chain length", next);
  RetiredChain result{ratchet_key, std::move(*chain_key), next, {}};
  for (std::uint32_t counter = 0; counter < next; ++counter) {
    MessageKeys keys;
    if (session_state_remove_message_keys(state, &keys.keys, key.get(), counter) == 1)
      result.skipped.push_back({counter, material_of(keys)});
  }
  return result;
}

Result<SecretBytes> revive_chain(const RetiredChain& chain, const session_state* state) {
  Context& context = *TRY(Context::of_this_thread());
  Ref<session_state> revived;
  TRY(local(session_state_create(Out(revived), context.library()), "state"));
  session_state_set_session_version(revived.get(), CIPHERTEXT_CURRENT_VERSION);
  session_state_set_local_identity_key(revived.get(), session_state_get_local_identity_key(state));
  session_state_set_remote_identity_key(revived.get(),
                                        session_state_get_remote_identity_key(state));
  TRY(give_empty_sending_chain(context, revived.get()));
  const auto key = TRY(public_key_of(chain.ratchet_key));
  const auto chain_key = TRY(chain_key_of(context, {chain.chain_key.expose(kExpose), chain.next}));
  TRY(local(session_state_add_receiver_chain(revived.get(), key.get(), chain_key.get()), "chain"));
  for (const SkippedKey& skipped : chain.skipped) {
    MessageKeys keys;
    fill(keys, skipped);
    TRY(local(session_state_set_message_keys(revived.get(), key.get(), &keys.keys), "keys"));
  }
  Ref<session_record> record;
  TRY(local(session_record_create(Out(record), revived.get(), context.library()), "record"));
  Buffer bytes;
  TRY(local(session_record_serialize(Out(bytes), record.get()), "record"));
  return SecretBytes::copy_of(view_of(bytes.get()));
}

}  // namespace tocsin::libsignal

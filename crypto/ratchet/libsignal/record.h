// crypto/ratchet/libsignal/record.h: what an InnerRecord holds: libsignal's record, and the
// receiving chains libsignal would forget.
//
// Spec:    protocol/spec/inner.md INN-5
// Shape:   u8 version 1 | u32 length, libsignal record | u8 n, n × ratchet key 32 (oldest first) |
//          u8 m, m × retired chain {ratchet key 32 | chain key 32 | u32 next counter | u16 k,
//          k × {u32 counter | cipher key 32 | MAC key 32 | iv 16}}
// Secrets: chain keys and message keys of messages that have not arrived
// Errors:  cannot_now (our own record is damaged), too_large
// Cost:    a message of a chain libsignal still has touches none of the retired chains
#pragma once

#include <vector>

#include "crypto/ratchet/libsignal/context.h"

namespace tocsin::libsignal {

// cipher key ‖ MAC key ‖ iv
using KeyMaterial = Secret<struct InnerKeyMaterialTag,
                           RATCHET_CIPHER_KEY_LENGTH + RATCHET_MAC_KEY_LENGTH + RATCHET_IV_LENGTH>;
using InnerChainKey = Secret<struct InnerChainKeyTag, 32>;

struct SkippedKey {
  std::uint32_t counter;
  KeyMaterial material;
};
struct RetiredChain {
  RawKey ratchet_key;
  InnerChainKey chain_key;
  std::uint32_t next = 0;
  std::vector<SkippedKey> skipped;
};

// The cheap half: borrowed views, for a message of a known chain.
struct RecordView {
  BytesView live;
  std::vector<RawKey> chains;  // libsignal's receiving chains, oldest first
  BytesView retired;

  bool has_chain(const RawKey& key) const;
};
Result<RecordView> view_record(const InnerRecord& record);
Result<std::vector<RetiredChain>> read_retired(const RecordView& view);

// A record with another libsignal record inside, or written anew.
Result<InnerRecord> with_live(const RecordView& view, BytesView live);
struct RecordParts {
  BytesView live;
  const std::vector<RawKey>& chains;
  const std::vector<RetiredChain>& retired;
};
Result<InnerRecord> write_record(const RecordParts& parts);

// Takes a chain out of a session (a copy of the caller's own): its chain key and skipped keys.
Result<RetiredChain> take_chain(session_state* state, const RawKey& ratchet_key);
// A libsignal record that can open messages of this one chain and do nothing else: no root key, no
// sending chain of the session. `state` lends the two identity keys.
Result<SecretBytes> revive_chain(const RetiredChain& chain, const session_state* state);

// Forgets what is beyond the bounds: of one chain the lowest counters, of the chains the oldest.
void bound_retired(std::vector<RetiredChain>& retired);

}  // namespace tocsin::libsignal

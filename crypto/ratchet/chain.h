// crypto/ratchet/chain.h: the key schedule of the outer ratchet: STEP along a chain, ROOT at a
// turn.
//
// Spec:    protocol/spec/session.md SES-5
// Secrets: every argument and result
// Threads: values only
// Cost:    two BLAKE2b per step; one HKDF-SHA-512 per root
#pragma once

#include <vector>

#include "crypto/kem/kem.h"
#include "crypto/ratchet/envelope.h"

namespace tocsin {

struct ChainStep {
  MessageKey message;
  ChainKey next;
};
ChainStep step(const ChainKey& chain);

struct NumberedKey {
  MessageNumber number;
  MessageKey key;
};

// The chain from message `from` of an epoch to message `to`, with the keys passed by: the last
// kMaxSkip of them, the earlier ones are lost.
struct ChainWalk {
  ChainKey chain;
  std::vector<NumberedKey> passed;
  std::uint32_t lost = 0;
};
ChainWalk walk(const ChainKey& chain, const MessageNumber& from, std::uint32_t to);

struct RootInput {
  const RootKey& root;
  const SessionId& sid;
  Epoch epoch;  // the one the result opens
  const KemShared& shared;
  const KemPublic& offered;  // what `answer.ciphertext` was made for
  const KemOffer& answer;
};
struct RootStep {
  RootKey root;
  ChainKey chain;         // of `epoch`
  HeaderKey next_header;  // of the epoch after it
  KemBlockKey next_block;
};
RootStep root_step(const RootInput& input);

}  // namespace tocsin

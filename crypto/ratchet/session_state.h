// crypto/ratchet/session_state.h: what a session remembers. For this folder only; the facade is
// session.h.
//
// Spec:    protocol/spec/session.md SES-6
// Shape:   absent sending or receiving counts as epoch -1; the two epochs always differ by one, and
//          `turn` says who may open the next one
// Secrets: nearly every member
// Threads: values only
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "crypto/ratchet/message_memory.h"
#include "crypto/ratchet/session.h"

namespace tocsin {

struct Sending {
  Epoch epoch;
  ChainKey chain;
  HeaderKey header;
  KemBlockKey block;
  std::uint32_t sent = 0;
  std::uint32_t previous = 0;
  std::optional<KemOffer> offer;  // gone once the peer has seen this epoch
  Hour born;
};

struct Receiving {
  Epoch epoch;
  ChainKey chain;
  HeaderKey header;
  KemBlockKey block;
  std::uint32_t next = 0;
  KemDigest kem;  // zero for epoch 0
};

struct OldEpoch {
  Epoch epoch;
  HeaderKey header;
  Day closed;
};

// Header and block key of the epoch after the newest.
struct NextKeys {
  HeaderKey header;
  KemBlockKey block;
};
// Our epoch is the newest: the peer opens the next one, with an answer to our offer.
struct Waiting {
  NextKeys next;
  KemPair offered;
};
// The peer's epoch is the newest: we may open the next one, with an answer to its offer.
struct Entitled {
  NextKeys next;
  KemPublic peer;
};

struct SessionState {
  SessionRole role;
  SessionId sid;
  SessionPeer peer;
  std::optional<InnerPin> pin;  // responder: what the first contact fixed
  RootKey root;
  std::optional<Epoch> peer_seen;  // our highest epoch the peer has opened
  std::optional<Sending> sending;
  std::optional<Receiving> receiving;
  std::vector<OldEpoch> old;  // oldest first
  std::variant<Waiting, Entitled> turn;
  MessageMemory memory;
  InnerRecord inner;
  // inner_outlook(inner) when it is known: asking parses the record.
  mutable std::optional<InnerOutlook> outlook;
};

// The inside of a session, for tests that play a hostile or a very old peer.
SessionState& state_of(Session& session);

// What the next seal of the inner session will do.
Result<InnerOutlook> outlook_of(const SessionState& state);

// Applies kOldEpochs, kOldWithSkips and the horizon; true when an epoch went.
bool trim_old_epochs(SessionState& state, Day today);

}  // namespace tocsin

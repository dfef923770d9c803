// crypto/ratchet/session.h: one session with one peer: the outer KEM ratchet around libsignal's.
//
// Spec:    protocol/spec/session.md
// Source:  Alwen, Coretti, Dodis, "The Double Ratchet" (EUROCRYPT 2019), KEM-based continuous key
//          agreement; sealed headers as in Signal's Double Ratchet specification, section 4
// Shape:   seal  content → one envelope per relay;  open  envelope → one of six outcomes
// Secrets: all of it; the caller commits encode() BEFORE a sealed byte leaves and BEFORE an opened
//          envelope is acknowledged, in the transaction that also holds what the outcome names; if
//          that commit fails, drop this object and decode the stored row again
// Errors:  peer_silent, too_large, no_session, malformed (a stored row), cannot_now
// Threads: values only
// Cost:    seal or open about 40 us within an epoch; a turn adds 0.02 ms (0.24 without a pool)
#pragma once

#include <memory>
#include <variant>
#include <vector>

#include "crypto/base/time.h"
#include "crypto/ratchet/envelope.h"
#include "crypto/ratchet/kem_pool.h"
#include "crypto/ratchet/wall.h"

namespace tocsin {

enum class SessionRole : std::uint8_t { kInitiator, kResponder };

// Whom the first contact bound this session to; a zero signing key means: has none.
struct SessionPeer {
  IdentityPublic identity;
  SigningPublic signing;
};

// The first seal after the vault was unlocked turns the ratchet when it can.
enum class SinceUnlock : std::uint8_t { kFirstSeal, kLaterSeal };

struct SealTiming {
  Hour hour;
  SinceUnlock since_unlock = SinceUnlock::kLaterSeal;
};
struct SealContext {
  InnerIdentity identity;  // one's own
  Rng& rng;
  SealTiming timing;
  std::size_t copies = 1;   // 1 … kMaxCopies, one per relay
  KemPool* pool = nullptr;  // optional
};
struct Sealed {
  std::vector<Envelope> copies;
  MessageNumber number;
};

struct OpenContext {
  InnerIdentity identity;  // one's own
  Rng& rng;
  Day day;
};

// What open() says, and what the caller's transaction must then hold (see commit_of).
struct Opened {
  SecretBytes content;  // padded with zeros: kContentWithKem, kContentPlain or kContentPrekeyForm
  std::uint32_t lost = 0;  // messages whose keys this envelope pushed out: they can never be opened
};
struct Duplicate {};
enum class UnopenableCause : std::uint8_t {
  kNoKey,         // no header key of this session opens it
  kHeader,        // a header no honest peer writes
  kKemBlock,      // the KEM block does not open
  kMessageKey,    // a number whose key is gone or out of reach
  kBody,          // the body does not open or contradicts the header
  kInnerRefused,  // the outer step holds; the wall or libsignal refused the inside
};
struct Unopenable {
  UnopenableCause cause = UnopenableCause::kNoKey;
};
struct Forked {};      // the peer, or someone with its state, used one number twice
struct RolledBack {};  // the peer has seen more of us than we remember having sent
struct CannotNow {     // a local fault: nothing changed, do not acknowledge
  Error error;
};
using OpenOutcome = std::variant<Opened, Duplicate, Unopenable, Forked, RolledBack, CannotNow>;

enum class OpenCommit : std::uint8_t {
  kNothing,  // no row changed; acknowledge unless the outcome is CannotNow
  kDigest,   // the envelope's digest only, then acknowledge
  kSession,  // encode(), the content if any, and the digest, in one transaction; then acknowledge
};
OpenCommit commit_of(const OpenOutcome& outcome);

struct SessionState;  // session_state.h, for this folder only

class Session {
 public:
  explicit Session(std::unique_ptr<SessionState> state);
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;
  ~Session();

  const SessionId& id() const;
  SessionRole role() const;
  const SessionPeer& peer() const;
  // True once something of the peer's was opened: for the initiator that is key confirmation.
  bool heard() const;

  // Bytes of content the seal after `ahead` further seals takes, if nothing is opened between:
  // kContentPlain, kContentWithKem or kContentPrekeyForm, the 32-byte content header included.
  Result<std::size_t> capacity(const SealTiming& timing, std::uint32_t ahead = 0) const;

  // Pads content with zeros to the capacity and seals it. peer_silent: a sending limit is reached
  // until the peer is heard. On any error the session is unchanged.
  Result<Sealed> seal(BytesView content, const SealContext& context);

  // True when a header key of this session opens the envelope: which of a mailbox's sessions?
  bool recognises(const Envelope& envelope) const;

  // The caller has looked up digest_of(envelope) before: found means Duplicate, without this call.
  OpenOutcome open(const Envelope& envelope, const OpenContext& context);

  // Drops what the horizon has passed; true when something went (then commit encode()).
  bool forget(Day today);

  // The vault row: versioned, strict, bounded.
  SecretBytes encode() const;
  static Result<Session> decode(BytesView row);

 private:
  friend SessionState& state_of(Session& session);  // session_state.h
  std::unique_ptr<SessionState> state_;
};

}  // namespace tocsin

// crypto/ratchet/wall.h: the wall around libsignal: the only way to its sessions, values in and
// out.
//
// Spec:    protocol/spec/inner.md INN-1 … INN-6
// Shape:   in   an InnerRecord (or a bundle), a message or a plaintext
//          out  a new InnerRecord and the result; on failure nothing, so the caller's record stays
// Secrets: InnerRecord and plaintexts are boxed; libsignal's own heap is wiped by the program's
//          allocator (trap S3)
// Errors:  forbidden_message (the wall refused before libsignal saw it), unopenable (libsignal
//          refused), bad_key, bad_signature (a bundle), peer_silent (sending limit), too_large,
//          cannot_now (local fault: commit nothing, do not acknowledge)
// Threads: any; every thread has a libsignal context of its own (trap S6)
// Cost:    about 30 us for a seal and an open within one chain
#pragma once

#include <optional>

#include "crypto/base/rng.h"
#include "crypto/keys/keys.h"

namespace tocsin {

// A chain never carries more messages, and no message with a higher counter reaches libsignal.
inline constexpr std::uint32_t kMaxInner = 512;
// libsignal keeps 5 receiving chains, each at most kMaxInner - 1 skipped keys of at most 91 bytes,
// and below 4 KiB of everything else.
inline constexpr std::size_t kInnerReceivingChains = 5;
inline constexpr std::size_t kInnerSkippedKeyBytes = 91;
inline constexpr std::size_t kInnerStateBytes = 4096;
// A chain libsignal would forget is kept by the wall: a message opens though its sender has begun
// up to 52 newer chains. Entry: ratchet key, chain key, next counter, count; key: counter, keys,
// iv.
inline constexpr std::size_t kMaxRetiredChains = 48;
inline constexpr std::size_t kMaxRetiredKeys = 224;
inline constexpr std::size_t kRetiredChainBytes = 32 + 32 + 4 + 2;
inline constexpr std::size_t kRetiredKeyBytes = 4 + 32 + 32 + 16;
// Version, length, counts, the ratchet keys of the live chains.
inline constexpr std::size_t kInnerRecordFrontBytes = 1 + 4 + 1 + kInnerReceivingChains * 32 + 1;
inline constexpr std::size_t kMaxInnerRecordBytes = 256 * 1024;
static_assert(kInnerReceivingChains * (kMaxInner - 1) * kInnerSkippedKeyBytes + kInnerStateBytes +
                  kInnerRecordFrontBytes + kMaxRetiredChains * kRetiredChainBytes +
                  kMaxRetiredKeys * kRetiredKeyBytes <=
              kMaxInnerRecordBytes);
// The longest inner message an envelope holds (session.md: capacity without a KEM block).
inline constexpr std::size_t kMaxInnerMessageBytes = 3742;

// One session: libsignal's record with one state, and the receiving chains it would forget.
class InnerRecord {
 public:
  // too_large above kMaxInnerRecordBytes, malformed when empty. The content is checked when used.
  static Result<InnerRecord> from(SecretBytes serialized);
  BytesView expose(ExposeToken) const { return serialized_.expose(kExpose); }
  InnerRecord duplicate() const { return InnerRecord(serialized_.duplicate()); }
  std::size_t size() const { return serialized_.size(); }

 private:
  explicit InnerRecord(SecretBytes serialized) : serialized_(std::move(serialized)) {}
  SecretBytes serialized_;
};

struct InnerIdentity {
  IdentityPublic public_key;
  const IdentitySecret& secret;
};

// Whose session, which one, and the randomness of this call.
struct InnerParty {
  InnerIdentity identity;
  SessionId sid;
  Rng& rng;
};

struct PeerBundle {
  IdentityPublic identity;
  PrekeyPublic prekey;
  Signature prekey_signature;  // libsignal form, by `identity` over 0x05 ‖ prekey
  std::uint32_t prekey_id = 0;
};

struct OwnPrekey {
  std::uint32_t id = 0;
  PrekeyPublic public_key;
  const PrekeySecret& secret;
};

// What the first message fixed; every later prekey-form message must repeat it.
struct InnerPin {
  InnerBaseKey base_key;
  IdentityPublic identity;
  std::uint32_t prekey_id = 0;
  friend bool operator==(const InnerPin&, const InnerPin&) = default;
};

enum class InnerForm : std::uint8_t {
  kPlain,   // SignalMessage
  kPrekey,  // PreKeySignalMessage: the initiator's form until it has opened an answer
};

// What the next seal of a record will do.
struct InnerOutlook {
  InnerForm form = InnerForm::kPlain;
  std::uint32_t counter = 0;  // inner_seal answers peer_silent from kMaxInner on
};
Result<InnerOutlook> inner_outlook(const InnerRecord& record);

// Initiator: a fresh session towards a bundle (first contact I4). No one-time prekey, ever.
// bad_key, bad_signature: the bundle.
Result<InnerRecord> inner_start(const InnerParty& party, const PeerBundle& bundle);

struct InnerSealed {
  Bytes message;
  InnerForm form;
  std::uint32_t counter;
  InnerRecord record;
};
Result<InnerSealed> inner_seal(const InnerParty& party, const InnerRecord& record,
                               BytesView plaintext);

struct InnerIncoming {
  BytesView message;
  InnerForm form = InnerForm::kPlain;
  std::optional<InnerPin> pin;  // kPrekey without a pin is forbidden_message
};
struct InnerOpened {
  SecretBytes plaintext;
  std::uint32_t counter;
  InnerRecord record;
};
Result<InnerOpened> inner_open(const InnerParty& party, const InnerRecord& record,
                               const InnerIncoming& incoming);

// Responder: the first message of a session, into a fresh record (first contact R4, R5).
struct InnerFirstIncoming {
  BytesView message;
  IdentityPublic sender;  // the IK of the first-contact record
  OwnPrekey prekey;       // of the card the message was sealed for
};
struct InnerFirstOpened {
  SecretBytes plaintext;
  InnerPin pin;
  InnerRecord record;
};
Result<InnerFirstOpened> inner_open_first(const InnerParty& party,
                                          const InnerFirstIncoming& incoming);

// True for the codes that say "the peer's message is bad" (forbidden_message, unopenable): keep the
// outer step, drop the inner effects (session.md). Any other failure of inner_open is local.
bool is_inner_refusal(Code code);

// Start-up check: a low-order key is refused by libsignal's own agreement, which proves
// that its curve25519_donna is ours. Called by start_crypto.
Status check_wall();

}  // namespace tocsin

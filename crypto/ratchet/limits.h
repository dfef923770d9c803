// crypto/ratchet/limits.h: every bound of the outer ratchet and the first contact, as sums of named
// parts.
//
// Spec:    protocol/spec/session.md SES-2, SES-3; protocol/spec/first-contact.md FCT-2
// Shape:   bytes unless the name says otherwise; kMaxInner is in wall.h, next to what enforces it
#pragma once

#include <cstddef>
#include <cstdint>

#include "crypto/base/sizes.h"
#include "crypto/box/aead.h"
#include "crypto/keys/keys.h"
#include "crypto/ratchet/wall.h"

namespace tocsin {

// Outer header: version 1, flags 1, zero 2, epoch 4, counter 4, prev 4, seen 4, bodyHash 16,
// zero 4.
inline constexpr std::size_t kOuterHeaderBytes = 1 + 1 + 2 + 4 + 4 + 4 + 4 + BodyHash::kBytes + 4;
static_assert(kOuterHeaderBytes == 40);
inline constexpr std::size_t kSealedHeaderBytes = kOuterHeaderBytes + kAeadTagBytes;
inline constexpr std::size_t kEnvelopeFrontBytes = Nonce::kBytes + kSealedHeaderBytes;
static_assert(kEnvelopeFrontBytes == 80);

// The KEM block: ciphertext, then the sender's next public key.
inline constexpr std::size_t kKemOfferBytes = KemCiphertext::kBytes + KemPublic::kBytes;
static_assert(kKemOfferBytes == 2197);
inline constexpr std::size_t kSealedKemBlockBytes = kKemOfferBytes + kAeadTagBytes;
static_assert(kSealedKemBlockBytes == 2213);

// The sealed body: u16 length, inner message, zeros.
inline constexpr std::size_t kInnerLengthBytes = 2;
inline constexpr std::size_t kBodyOverheadBytes = kInnerLengthBytes + kAeadTagBytes;
inline constexpr std::size_t kMaxInnerPlain =
    kEnvelopeBytes - kEnvelopeFrontBytes - kBodyOverheadBytes;
inline constexpr std::size_t kMaxInnerWithKem = kMaxInnerPlain - kSealedKemBlockBytes;
static_assert(kMaxInnerPlain == 3742 && kMaxInnerWithKem == 1529);

// What libsignal adds to a plaintext. SignalMessage: version 1, ratchet key 2 + 33, counter and
// previous counter 1 + 5 each, ciphertext 1 + 2, MAC 8; AES-CBC pads by 1 … 16. Prekey form:
// version 1, registration id 1 + 5, prekey id 1 + 5, signed prekey id 1 + 5, base key 2 + 33,
// identity key 2 + 33, message 1 + 2, less the prekey id we never send.
inline constexpr std::size_t kAesBlockBytes = 16;
inline constexpr std::size_t kSignalMessageOverhead = 1 + (2 + 33) + 2 * (1 + 5) + (1 + 2) + 8;
inline constexpr std::size_t kPrekeyFormOverhead = 1 + 2 * (1 + 5) + 2 * (2 + 33) + (1 + 2);
static_assert(kSignalMessageOverhead == 59 && kPrekeyFormOverhead == 86);

// The longest plaintext whose inner message fits `room`: whole AES blocks less one padding byte.
constexpr std::size_t longest_plaintext(std::size_t room, std::size_t overhead) {
  return (room - overhead) / kAesBlockBytes * kAesBlockBytes - 1;
}

// The content a seal takes, padded to exactly this with zeros; the first 32 bytes are the content
// header (protocol/session).
inline constexpr std::size_t kContentHeaderBytes = 32;
inline constexpr std::size_t kContentWithKem =
    longest_plaintext(kMaxInnerWithKem, kSignalMessageOverhead);
inline constexpr std::size_t kContentPlain =
    longest_plaintext(kMaxInnerPlain, kSignalMessageOverhead);
inline constexpr std::size_t kContentPrekeyForm =
    longest_plaintext(kMaxInnerPlain, kSignalMessageOverhead + kPrekeyFormOverhead);
static_assert(kContentWithKem == 1455 && kContentWithKem - kContentHeaderBytes == 1423);
static_assert(kContentPlain == 3679 && kContentPlain - kContentHeaderBytes == 3647);
static_assert(kContentPrekeyForm == 3583 && kContentPrekeyForm - kContentHeaderBytes == 3551);

// First contact: e, ct, then one seal over record, u16 length, inner message and zeros.
inline constexpr std::size_t kFirstContactRecordBytes = 1504;
inline constexpr std::size_t kFirstContactFrontBytes =
    EphemeralPublic::kBytes + KemCiphertext::kBytes;
inline constexpr std::size_t kFirstContactPlainBytes =
    kEnvelopeBytes - kFirstContactFrontBytes - kAeadTagBytes;
inline constexpr std::size_t kMaxInnerFirst =
    kFirstContactPlainBytes - kFirstContactRecordBytes - kInnerLengthBytes;
static_assert(kMaxInnerFirst == 1247);
inline constexpr std::size_t kInnerBindingBytes = 32;  // BLAKE2b-256(th ‖ record)
inline constexpr std::size_t kFirstContactInnerPlain =
    longest_plaintext(kMaxInnerFirst, kSignalMessageOverhead + kPrekeyFormOverhead);
inline constexpr std::size_t kContentFirst = kFirstContactInnerPlain - kInnerBindingBytes;
static_assert(kFirstContactInnerPlain == 1087 && kContentFirst == 1055);
static_assert(kContentFirst - kContentHeaderBytes == 1023);

// Turns: at the latest after this many messages, or this many hours, of one sending epoch.
inline constexpr std::uint32_t kTurnSends = 16;
inline constexpr std::uint32_t kTurnHours = 1;
// Messages of one epoch; then peer_silent. No honest sender goes further, so no receiver follows.
inline constexpr std::uint32_t kMaxEpochSends = 8192;
// Chain steps one envelope can cost its receiver.
inline constexpr std::uint32_t kMaxJump = kMaxEpochSends;
// Epoch-0 session envelopes before the first answer (beside the first contact itself).
inline constexpr std::uint32_t kMaxUnconfirmedSends = 15;
// Keys of messages not yet arrived: of one gap, and in all.
inline constexpr std::uint32_t kMaxSkip = 256;
inline constexpr std::size_t kMaxSkipTotal = 512;
// Earlier receiving epochs whose headers still open: the newest, and those with skipped keys.
inline constexpr std::size_t kOldEpochs = 8;
inline constexpr std::size_t kOldWithSkips = 32;
// Numbers of opened messages remembered, to tell a duplicate from a fork: what an honest peer can
// fill in the newest epochs. Beyond it the oldest are forgotten and their copies do not open.
inline constexpr std::size_t kMaxUsedTotal = (kOldEpochs + 1) * kMaxInner;
static_assert(kMaxUsedTotal == 4608);
// 21 days in the outbox, 21 at the relay, 1 for the clocks.
inline constexpr std::uint32_t kHorizonDays = 21 + 21 + 1;
static_assert(kHorizonDays == 43);
// Relays on a card, so copies of one message.
inline constexpr std::size_t kMaxCopies = 3;
// KEM pairs made ahead of time, in locked memory only.
inline constexpr std::size_t kKemPoolPairs = 2;

}  // namespace tocsin

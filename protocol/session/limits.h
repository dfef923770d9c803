// protocol/session/limits.h: the named bounds of content, fragments and sessions of one pair.
//
// Spec:    protocol/spec/content.md CNT-1 … CNT-6
// Threads: values only
#pragma once

#include <cstddef>
#include <cstdint>

#include "crypto/ratchet/limits.h"
#include "protocol/limits.h"

namespace tocsin {

// Room for bodies: what each form of envelope pads to (crypto/ratchet), less the content header.
inline constexpr std::size_t kBodyWithKem = kContentWithKem - kContentHeaderBytes;
inline constexpr std::size_t kBodyPlain = kContentPlain - kContentHeaderBytes;
inline constexpr std::size_t kBodyPrekeyForm = kContentPrekeyForm - kContentHeaderBytes;
inline constexpr std::size_t kBodyFirst = kContentFirst - kContentHeaderBytes;
static_assert(kBodyWithKem == 1423 && kBodyPlain == 3647);
static_assert(kBodyPrekeyForm == 3551 && kBodyFirst == 1023);

// A message: prefix (stream 4, sequence 4, sent minute 4), then the body of its kind.
inline constexpr std::size_t kMessagePrefixBytes = 4 + 4 + 4;
inline constexpr std::size_t kMaxMessageBytes = std::size_t{64} * 1024;  // with prefix
inline constexpr std::size_t kMaxBodyBytes = kMaxMessageBytes - kMessagePrefixBytes;
inline constexpr std::size_t kMaxFragments = 64;
static_assert(kMaxFragments * kBodyWithKem >= kMaxMessageBytes);

// Messages under assembly: what a hostile contact can make a client hold. The overhead is counted
// per fragment beside its body, so that tiny fragments are not free.
inline constexpr std::size_t kMaxOpenPerContact = 4;
inline constexpr std::size_t kFragmentOverheadBytes = 64;
inline constexpr std::size_t kMaxOpenBytesPerContact =
    kMaxOpenPerContact * (kMaxMessageBytes + kMaxFragments * kFragmentOverheadBytes);
static_assert(kMaxOpenPerContact * kMaxMessageBytes == std::size_t{256} * 1024);
static_assert(kMaxOpenBytesPerContact == std::size_t{272} * 1024);
inline constexpr std::size_t kMaxOpenBytesPerClient = std::size_t{16} * 1024 * 1024;

// A session goes this long after another one took over sending: until then the peer's last
// envelopes on it can arrive, and one more retention for what it had not yet deposited.
inline constexpr std::uint32_t kSessionDropDays = kHorizonDays + kRetentionDays + 1;
static_assert(kSessionDropDays == 65);
// Sessions of one pair beside the sending one: resets of two months, and what a hostile contact can
// make a receiver try for each cell.
inline constexpr std::size_t kMaxIdleSessions = 8;
// A message still incomplete then has lost a fragment for good.
inline constexpr std::uint32_t kOpenMessageDays = kHorizonDays;

// Bodies.
inline constexpr std::size_t kReceiptBytes = 16 + 1;
inline constexpr std::size_t kMaxReceipts = 64;
static_assert(kMessagePrefixBytes + 1 + kMaxReceipts * kReceiptBytes <= kBodyWithKem);

}  // namespace tocsin

// protocol/delivery/limits.h: the named bounds of outbox, receipts and inbox.
//
// Spec:    protocol/spec/delivery.md DLV-1
// Threads: values only
#pragma once

#include <cstddef>
#include <cstdint>

#include "protocol/session/limits.h"

namespace tocsin {

inline constexpr std::int64_t kSecond = 1'000;  // milliseconds
inline constexpr std::int64_t kMinute = 60 * kSecond;
inline constexpr std::int64_t kHourSpan = 60 * kMinute;
inline constexpr std::int64_t kDaySpan = 24 * kHourSpan;

// Outbox.
inline constexpr std::size_t kMaxOutboxMessages = 4096;  // of one vault, waiting for a receipt
// Of these to one contact: a quarter, so that nobody's silence keeps the others from being written
// to.
inline constexpr std::size_t kMaxOutboxPerContact = kMaxOutboxMessages / 4;
static_assert(kMaxOutboxPerContact == 1024);
inline constexpr std::size_t kMaxDepositsInFlight = 32;  // of one vault: half a connection's budget
inline constexpr std::size_t kMaxDepositsPerContact =
    8;  // so that one slow relay holds up no other
inline constexpr std::int64_t kAnswerWait = 2 * kMinute;  // then an answer is not coming
inline constexpr std::uint32_t kOutboxDays = 21;          // one sealing; then sealed anew
inline constexpr std::uint32_t kSecondDepositDay = 18;    // before the relay's copy expires
// An answered deposit is no answer of the peer's: a relay that swallows the first contact would
// silence the pair for ever. The same bytes again; an invitation's 64 cells hold a month of them.
inline constexpr std::int64_t kFirstContactAgain = 2 * kDaySpan;
inline constexpr std::uint32_t kMaxSealings = 3;
inline constexpr std::uint32_t kMessageDays = kMaxSealings * kOutboxDays;  // without an own end
static_assert(kSecondDepositDay < kRetentionDays);
static_assert(kOutboxDays + kRetentionDays + 1 == kHorizonDays);
static_assert(kMessageDays == 63);
inline constexpr std::int64_t kCallAfter = 48 * kHourSpan;  // tell the responder to phone

// Retry of identical bytes: first … longest, doubled each time, then a random half taken off.
inline constexpr std::int64_t kRetryFirst = 2 * kSecond;
inline constexpr std::int64_t kRetryLongest = 30 * kMinute;
inline constexpr std::int64_t kBusyFirst = 10 * kSecond;
inline constexpr std::int64_t kFullFirst = 10 * kMinute;  // a mailbox empties when its owner reads
inline constexpr std::int64_t kFullLongest = 6 * kHourSpan;

// Receipts and acknowledgements.
inline constexpr std::int64_t kAcknowledgementTick = 100;
inline constexpr std::size_t kMaxReceiptsWaiting = 1024;  // of one contact; more are asked again
// Receipts and empty messages to one contact that are not at a relay yet.
inline constexpr std::size_t kMaxTicksWaiting = 2;
inline constexpr std::int64_t kReceiptTickLeast = 500;
inline constexpr std::int64_t kReceiptTickSpread = 1'500;

// The receiver's turn (session.md: a ratchet heals when its owner sends).
inline constexpr std::uint32_t kHealAfterEnvelopes = 64;
inline constexpr std::int64_t kHealAfter = 24 * kHourSpan;
inline constexpr std::int64_t kHealSpread = 10 * kMinute;

// Inbox.
inline constexpr std::uint32_t kSeenDays = kMessageDays + kRetentionDays + 1;
static_assert(kSeenDays == 85);
inline constexpr std::size_t kMaxStreams = 4;  // of one contact: one, and one per restored vault
inline constexpr std::size_t kMaxMissingRanges = 32;         // of one stream
inline constexpr std::int64_t kMissingGrace = 15 * kMinute;  // another relay may be slower

}  // namespace tocsin

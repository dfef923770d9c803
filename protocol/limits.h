// protocol/limits.h: every bound of the cell plane, with unit, reason and derivation.
//
// Spec:    protocol/spec/limits.md LIM-1 … LIM-8
// Threads: constants only
#pragma once

#include <cstddef>
#include <cstdint>

#include "crypto/base/sizes.h"

namespace tocsin {

// LIM-1 Frames. One size for everything: neither kind nor length of a message is visible.
inline constexpr std::size_t kCellBytes = 4096;
inline constexpr std::size_t kRelayPartBytes = kCellBytes - kEnvelopeBytes;
static_assert(kRelayPartBytes == 256);
inline constexpr std::size_t kWordBytes = 8;  // Cap'n Proto's unit

// LIM-2 What surrounds a deposited envelope in its cell, part by part.
inline constexpr std::size_t kSegmentTableBytes = 8;
inline constexpr std::size_t kRootPointerBytes = 8;
inline constexpr std::size_t kMessageStructBytes = 8 + 8;      // union tag; one pointer
inline constexpr std::size_t kListTagBytes = 8;                // of a list of structs
inline constexpr std::size_t kRequestStructBytes = 8 + 3 * 8;  // id; command, tag, access
inline constexpr std::size_t kReplyStructBytes = 2 * 8 + 8;    // id, answer; body
inline constexpr std::size_t kPushStructBytes = 2 * 8 + 8;     // subscription, sequence; body
inline constexpr std::size_t kCommandStructBytes = 2 * 8 + 2 * 8;
inline constexpr std::size_t kIdBytes = 32;   // readId, dropId, boardId
inline constexpr std::size_t kTagBytes = 32;  // owner tag
inline constexpr std::size_t kMaxAccessBytes =
    104;  // one kind byte and a token, work or password proof

inline constexpr std::size_t kCellOverheadBytes =
    kSegmentTableBytes + kRootPointerBytes + kMessageStructBytes + kListTagBytes;
inline constexpr std::size_t kCommandOverheadBytes = kRootPointerBytes + kCommandStructBytes;
inline constexpr std::size_t kDepositCellBytes = kCellOverheadBytes + kRequestStructBytes +
                                                 kCommandOverheadBytes + kIdBytes + kEnvelopeBytes +
                                                 kMaxAccessBytes;
static_assert(kDepositCellBytes == 4088);
static_assert(kDepositCellBytes <= kCellBytes, "a deposit with the largest proof fits one cell");
inline constexpr std::size_t kPushCellBytes =
    kCellOverheadBytes + kPushStructBytes + kEnvelopeBytes;
static_assert(kPushCellBytes <= kCellBytes, "a push fits one cell");

// LIM-3 Boards. Record: writer 32 | version 8 | expiry 4 | length 2 | payload | signature 64.
inline constexpr std::size_t kBoardRecordOverheadBytes = 32 + 8 + 4 + 2 + 64;
inline constexpr std::size_t kMaxBoardPayloadBytes = 3712;
inline constexpr std::size_t kMaxBoardRecordBytes =
    kBoardRecordOverheadBytes + kMaxBoardPayloadBytes;
inline constexpr std::size_t kPutBoardCellBytes =
    kCellOverheadBytes + kRequestStructBytes + kCommandOverheadBytes +
    (kMaxBoardRecordBytes + kWordBytes - 1) / kWordBytes * kWordBytes + kMaxAccessBytes;
static_assert(kPutBoardCellBytes <= kCellBytes, "the largest board fits one cell with its proof");

// LIM-4 Decoding: work spent on one cell, whatever it says (trap C5).
inline constexpr std::size_t kTraversalWords = 4 * kCellBytes / kWordBytes;
inline constexpr int kNestingLevels = 8;
inline constexpr std::size_t kMaxVersions = 8;             // offered in one hello
inline constexpr std::size_t kMaxWelcomeBodyBytes = 1024;  // signed part of a welcome
inline constexpr std::size_t kMaxHostBytes =
    64;  // what a first contact has room for; an onion name is 62

// LIM-5 Mailboxes.
inline constexpr std::uint32_t kContactQuota = 256;    // cells: days of lively talk
inline constexpr std::uint32_t kInvitationQuota = 64;  // one first contact and its retries
inline constexpr std::uint32_t kPublicQuota = 4096;    // 16 MB: strangers, oldest unread kept
inline constexpr std::uint32_t kRetentionDays = 21;    // of a cell, in whole days
inline constexpr std::uint32_t kMailboxMonths = 6;     // to the end of this month after a subscribe
inline constexpr std::uint32_t kOldDropDays = 43;      // horizon: 21 outbox + 21 relay + 1
static_assert(kOldDropDays == 2 * kRetentionDays + 1);
inline constexpr std::uint32_t kMaxCredit = 256;  // unacknowledged pushes of one subscription

// LIM-6 Boards' life.
inline constexpr std::uint32_t kMaxBoardDays = 31;       // expiry of any board
inline constexpr std::uint32_t kMaxPublicCardDays = 14;  // judged by readers, the relay is not told
inline constexpr std::uint32_t kUnwrittenBoardDays = 37;  // then the row is deleted

// LIM-7 One connection, one relay. Told in welcome where a client must keep them.
inline constexpr std::uint32_t kInFlight = 64;               // unanswered requests per connection
inline constexpr std::uint32_t kMaxSubscriptions = 64;       // per connection
inline constexpr std::uint32_t kMaxWatches = 64;             // per connection
inline constexpr std::uint32_t kDepositsPerSecond = 200;     // per connection
inline constexpr std::uint32_t kDropDepositsPerSecond = 50;  // per dropId
inline constexpr std::size_t kMaxTransportFrameBytes = kCellBytes + 64;  // trap Z5
inline constexpr std::uint32_t kHandshakeSeconds = 5;     // of the transport, at the relay
inline constexpr std::uint32_t kKeepAliveSeconds = 60;    // of silence, jittered, then a ping
inline constexpr std::uint32_t kSilentPeerSeconds = 300;  // then the peer is gone
inline constexpr std::uint32_t kNearlyFullPercent = 90;   // of the store's budget: no new mailboxes
inline constexpr std::uint32_t kGroupCommitCells = 256;
inline constexpr std::uint32_t kGroupCommitMilliseconds = 5;

// LIM-8 Work of strangers.
inline constexpr std::uint32_t kHashcashBits = 16;           // 0.3 µs to check
inline constexpr std::uint32_t kWorkMemoryKibibytes = 1024;  // Argon2id, one pass, one lane
inline constexpr std::uint32_t kMaxWorkBits = 24;            // of Argon2id; more is unpayable
inline constexpr std::uint32_t kArgonChecksPerSecond = 200;  // for the whole relay

// Of a relay's password, once per password and relay.
inline constexpr std::uint32_t kPasswordMemoryKibibytes = 65'536;  // 36 ms
inline constexpr std::uint32_t kPasswordPasses = 2;

}  // namespace tocsin

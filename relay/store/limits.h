// relay/store/limits.h: the store's own bounds; those a client must know are in protocol/limits.h.
//
// Spec:    protocol/spec/limits.md
// Threads: constants only
#pragma once

#include <cstddef>
#include <cstdint>

namespace tocsin {

// Undecodable cells a connection may send before it is dropped.
inline constexpr std::uint32_t kMalformedCells = 8;

// Requests whose work waits for its Argon2id check; those beyond hear busy. 64 checks of 0.3 ms
// are 20 ms of one low-priority thread.
inline constexpr std::size_t kMaxWaitingWork = 64;

// Mailboxes whose rows are kept in memory without a live subscription (about 600 bytes each with
// their places in three tables: 2.5 MB); all others live in the database alone.
inline constexpr std::size_t kIdleMailboxes = 4'096;

// Rows looked at per maintenance step, so that a step never delays a group commit noticeably.
inline constexpr std::size_t kMaintenanceRows = 512;

// Subscriptions to one mailbox, a second: each pushes its whole credit again (64 cells for a
// request of a few bytes), and an owner with a line that stands needs one.
inline constexpr std::uint32_t kSubscribesPerSecond = 4;

// After a full disk, nothing that grows the store is tried for this long.
inline constexpr std::int64_t kDiskFullPauseMilliseconds = 1'000;

// Page cache: enough for the inner pages of every index at 1,000,000 mailboxes and the hot cells.
inline constexpr std::uint32_t kPageCacheKibibytes = 8'192;

}  // namespace tocsin

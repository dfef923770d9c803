// crypto/db/limits.h: the bounds of database files.
//
// Spec:    protocol/spec/vault.md VLT-7
// Threads: values only
#pragma once

#include <cstdint>

namespace tocsin {

inline constexpr int kClientPageBytes = 4096;
// Larger pages keep a 4 KiB cell in one page with its row header.
inline constexpr int kRelayPageBytes = 8192;

// A write-ahead log longer than this is truncated at the next maintain(); bytes.
inline constexpr std::int64_t kWalTruncateBytes = 4 * 1024 * 1024;
// The relay's: cells that come and go rewrite the same pages, so a longer log means fewer pages to
// carry over, and the store's thread stands still (three syncs) less often.
inline constexpr std::int64_t kRelayWalTruncateBytes = 16 * 1024 * 1024;
// What a commit replaced or deleted leaves the log after this long; milliseconds.
inline constexpr std::int64_t kWalTruncateAfterMs = 1000;

// A column, a row or a statement longer than this is refused as too_large; bytes. Nothing we store
// in rows comes near: cells are 4 KiB, session records at most 256 KiB.
inline constexpr int kMaxRowBytes = 16 * 1024 * 1024;

}  // namespace tocsin

// protocol/evidence/limits.h: every bound of evidence, with unit, reason and derivation.
//
// Spec:    protocol/spec/evidence.md EVI-2.1
// Threads: constants only
#pragma once

#include <cstddef>
#include <cstdint>

#include "protocol/alert/limits.h"

namespace tocsin {

inline constexpr std::size_t kFrameIvBytes = 32;
inline constexpr std::size_t kFrameTagBytes = 16;
inline constexpr std::size_t kFramePlainBytes = 65'232;
inline constexpr std::size_t kFrameBytes = kFrameIvBytes + kFramePlainBytes + kFrameTagBytes;
static_assert(kFrameBytes == 65'280, "with the relay's part of 256 a data frame of 65,536");

inline constexpr std::uint64_t kMostEvidenceBytes = std::uint64_t{50} << 30U;
// Frames of the longest file, padded (12 % more): fits a custody record, a progress bar, a map.
inline constexpr std::uint64_t kMostFrames = std::uint64_t{1} << 20U;
static_assert(kMostEvidenceBytes / kFramePlainBytes * 112 / 100 < kMostFrames);

// Names. Longer than 255 bytes no file system has them; ours leave room for " (2)" and ".part".
inline constexpr std::size_t kMostGivenNameBytes = 255;
inline constexpr std::size_t kMostNameBytes = 200;
inline constexpr std::size_t kMostEndingLetters = 16;
inline constexpr std::size_t kMostNoteBytes = 1'000;

// Custody: who and why, in words.
inline constexpr std::size_t kMostCustodianBytes = 200;
inline constexpr std::size_t kMostReasonBytes = 1'000;
static_assert(1 + 16 + 32 + 8 + 32 + 8 + 1 + 16 + 32 + 32 + 8 + 32 + 2 + kMostCustodianBytes + 2 +
                  kMostReasonBytes <=
              kMaxCustodyBody);

// The longest message: an offer. A place has an address of at most 51 + 255 bytes.
inline constexpr std::size_t kMostEvidenceMessageBytes =
    2 + 16 + 32 + 8 + 2 + kMostGivenNameBytes + 2 + kMostNoteBytes;
static_assert(kMostEvidenceMessageBytes > 2 + 16 + 8 + 4 + 51 + 255 + 32 + 1 + 32);

}  // namespace tocsin

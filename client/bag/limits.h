// client/bag/limits.h: how much of a stranger's bag is read, and why no more.
//
// Shape:   every bound ends a verification with a finding, never with an allocation
// Threads: constants
#pragma once

#include <cstddef>
#include <cstdint>

namespace tocsin::bag {

// A full copy of a phone has some hundred thousand files.
inline constexpr std::size_t kMaxFiles = 1'000'000;
// All names together: a million of 256 bytes. Names are what memory grows with.
inline constexpr std::size_t kMaxNameBytes = std::size_t{256} << 20;
// The longest path Linux opens, with its closing zero.
inline constexpr std::size_t kMaxPathBytes = 4'095;
// The longest name of most file systems: what is longer cannot be made.
inline constexpr std::size_t kMaxComponentBytes = 255;
// A descriptor is open for each level; a process has 1,024.
inline constexpr int kMaxDepth = 128;
// A day of reading at 100 MB/s; a sparse file can claim more than any disk holds.
inline constexpr std::uint64_t kMaxBagBytes = std::uint64_t{8} << 40;

// Two short lines; the longest registered name of a character set has 45 bytes.
inline constexpr std::size_t kMaxDeclarationBytes = 1'024;
// Written by people.
inline constexpr std::size_t kMaxBagInfoBytes = std::size_t{1} << 20;
// A million SHA-512 lines (128 digits, two blanks) with names of 120 bytes.
inline constexpr std::size_t kMaxManifestBytes = std::size_t{256} << 20;
inline constexpr std::size_t kMaxFetchBytes = std::size_t{64} << 20;
// There are fewer digests than this that anybody uses.
inline constexpr std::size_t kMaxManifests = 16;

// More are counted, but not kept: nobody reads them, and they would be a way to fill memory.
inline constexpr std::size_t kMaxFindings = 1'000;
// Names that differ in case or accents only, looked at for one that is missing: a hostile bag has a
// million.
inline constexpr std::size_t kMaxTwins = 8;

inline constexpr std::size_t kReadBytes = std::size_t{1} << 18;

}  // namespace tocsin::bag

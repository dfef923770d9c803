// crypto/base/sizes.h: the one size that both the ratchet and the cell plane are built around.
//
// Spec:    protocol/spec/limits.md LIM-1
// Threads: constants only
#pragma once

#include <cstddef>

namespace tocsin {

// An envelope: a cell of 4,096 bytes less the 256 reserved for the relay's part.
inline constexpr std::size_t kEnvelopeBytes = 3840;

}  // namespace tocsin

// relay/codes.h: the error codes of the relay room, 3000 … 3999. Numbers are stable; never reuse
// one.
#pragma once

#include <string_view>

#include "protocol/codes.h"

namespace tocsin {

inline constexpr Code kRelayBadUsage{3000};  // a command or configuration that cannot be meant

// Boundary and store
inline constexpr Code kBoundaryFull{3100};    // the other end does not keep up; nothing was taken
inline constexpr Code kBoundaryClosed{3101};  // the other end is gone
inline constexpr Code kStaleStore{3102};      // store older than its boot epoch: a restored copy

// The name of a code of this room, or an empty view.
std::string_view relay_code_name(Code code);

}  // namespace tocsin

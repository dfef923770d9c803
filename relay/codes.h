// relay/codes.h: the error codes of the relay room, 3000 … 3999. Numbers are stable; never reuse
// one. Given up: 3000, 3300, 3303.
#pragma once

#include <string_view>

#include "protocol/codes.h"

namespace tocsin {

// Boundary and store
inline constexpr Code kBoundaryFull{3100};    // the other end does not keep up; nothing was taken
inline constexpr Code kBoundaryClosed{3101};  // the other end is gone
inline constexpr Code kStaleStore{3102};      // store older than its boot epoch: a restored copy
inline constexpr Code kSlotFault{3103};       // one place of the arena, not all; detail = the slot

// Edge
inline constexpr Code kRelayWouldBlock{3200};      // not now; nothing was taken
inline constexpr Code kRelayPeerGone{3201};        // no such peer any more
inline constexpr Code kRelayAddressInUse{3202};    // another process listens there
inline constexpr Code kRelayInterrupted{3203};     // a signal came in between: try again
inline constexpr Code kRelayTransportFault{3204};  // detail = errno
inline constexpr Code kRelayBadEndpoint{3205};     // not "numeric host:port"

// Operation
inline constexpr Code kRelayBadKeyFile{3301};
inline constexpr Code kRelayNotRunning{3302};    // nobody answers on the control socket
inline constexpr Code kRelayKeysReadable{3304};  // key file open to others; detail = its mode
inline constexpr Code kRelaySystemFault{3305};   // detail = errno

// The name of a code of this room, or an empty view.
std::string_view relay_code_name(Code code);

}  // namespace tocsin

// relay/codes.h: the error codes of the relay room, 3000 … 3999. Numbers are stable; never reuse one.
#pragma once

#include <string_view>

#include "protocol/codes.h"

namespace tocsin {

inline constexpr Code kRelayBadUsage{3000};  // a command or configuration that cannot be meant

// The name of a code of this room, or an empty view.
std::string_view relay_code_name(Code code);

}  // namespace tocsin

// client/codes.h: the error codes of the client room, 4000 … 4999. Numbers are stable; never reuse one.
#pragma once

#include <string_view>

#include "protocol/codes.h"

namespace tocsin {

inline constexpr Code kClientBadUsage{4000};  // a command or configuration that cannot be meant

// The name of a code of this room, or an empty view.
std::string_view client_code_name(Code code);

}  // namespace tocsin

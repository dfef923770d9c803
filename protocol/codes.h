// protocol/codes.h: the error codes of the protocol room, 2000 … 2999. Numbers are stable; never
// reuse one.
#pragma once

#include <string_view>

#include "crypto/base/codes.h"

namespace tocsin {

// wire 2000, mailbox and board 2100, pairing 2200, session and delivery 2300, alert and charter
// 2400
inline constexpr Code kUnsupportedVersion{2000};

// The name of a code of this room, or an empty view.
std::string_view protocol_code_name(Code code);

}  // namespace tocsin

// client/cli/follow.h: `inbox --follow`: showing what arrives until interrupted.
//
// Threads: one
#pragma once

#include "client/cli/questions.h"

namespace tocsin {

int follow_inbox(const CommandRequest& request, const Carrier& carry,
                 const std::function<int(const Report&)>& show);

}  // namespace tocsin

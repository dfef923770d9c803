// crypto/box/box.h: start of the crypto room: call once before anything else of it.
//
// Errors:  self_check_failed (libsodium did not come up, or libsignal's X25519 is not ours)
// Threads: before any other thread
#pragma once

#include "crypto/base/result.h"

namespace tocsin {

Status start_crypto();

}  // namespace tocsin

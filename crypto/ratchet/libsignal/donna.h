// crypto/ratchet/libsignal/donna.h: libsignal's X25519, answered by libsodium.
//
// Spec:    protocol/spec/inner.md INN-3
// Source:  RFC 7748; libsignal's curve25519-donna signature
// Shape:   the program defines curve25519_donna and exports it, so the loader gives libsignal ours
// Errors:  -1 for an all-zero result (low-order key), which libsignal reports as unknown error
// Threads: any
#pragma once

#include <cstdint>

extern "C" int curve25519_donna(std::uint8_t* result, const std::uint8_t* secret,
                                const std::uint8_t* point);

namespace tocsin::libsignal {

// How often this thread's libsignal multiplied points: the cost a message caused, for tests and
// bench.
std::uint64_t multiplications_on_this_thread();

}  // namespace tocsin::libsignal

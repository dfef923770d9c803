// crypto/ratchet/libsignal/errors.h: libsignal's result codes and ours, one total mapping.
//
// Spec:    protocol/spec/inner.md INN-6
// Shape:   int result → Status; detail keeps libsignal's number
// Threads: values only
#pragma once

#include "crypto/base/codes.h"

namespace tocsin::libsignal {

// What our callbacks return when they fail themselves: below libsignal's own range.
inline constexpr int kFaultMemory = -10'001;
inline constexpr int kFaultNoRandomness = -10'002;  // called outside a call that lent a generator
inline constexpr int kFaultLibrary = -10'003;       // OpenSSL
inline constexpr int kFaultUnexpected = -10'004;    // a store operation this design never needs

// The code of a negative result of libsignal over a peer's message: cannot_now for a local fault
// (no memory, invalid argument, no session, our callbacks), unopenable for every refusal.
Code code_of(int result);

// A result that depends on a peer's message.
Status judged(int result, const char* where);
// A result that depends on nothing from outside: every failure is cannot_now.
Status local(int result, const char* where);
// The result of parsing a peer's message: only lack of memory is local, the rest is
// forbidden_message (libsignal says "invalid argument" for a message that is too short).
Status parsed(int result, const char* where);

}  // namespace tocsin::libsignal

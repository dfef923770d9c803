// crypto/ratchet/libsignal/parse.h: what is checked of a message before libsignal may decrypt it.
//
// Spec:    protocol/spec/inner.md INN-4, INN-5
// Source:  libsignal's own parser, so that what is checked is what will be used
// Errors:  forbidden_message, cannot_now (memory)
// Cost:    one X25519 for a ratchet key not seen before, none otherwise
#pragma once

#include "crypto/ratchet/libsignal/context.h"

namespace tocsin::libsignal {

Result<Ref<signal_message>> parse_plain(Context& context, BytesView message);
Result<Ref<pre_key_signal_message>> parse_prekey(Context& context, BytesView message);

// Version 3, counter below kMaxInner, ratchet key canonical and not of low order. `state`: the
// session whose receiving chains are known already, or null.
Result<std::uint32_t> check_plain(const signal_message* message, session_state* state);

// What the outside of a prekey-form message says; refused with a one-time prekey id or a bad base
// key. The message inside is still to be checked.
Result<InnerPin> check_prekey(const pre_key_signal_message* message);

}  // namespace tocsin::libsignal

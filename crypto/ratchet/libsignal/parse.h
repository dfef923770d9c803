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

// Version 3 and a counter below kMaxInner. A ratchet key the session does not know is to be checked
// with check_ratchet_key before libsignal uses it.
struct PlainFacts {
  std::uint32_t counter;
  RawKey ratchet_key;
};
Result<PlainFacts> check_plain(const signal_message* message);

// Canonical and not of low order.
Status check_ratchet_key(const RawKey& key);

// What the outside of a prekey-form message says; refused with a one-time prekey id or a bad base
// key. The message inside is still to be checked.
Result<InnerPin> check_prekey(const pre_key_signal_message* message);

}  // namespace tocsin::libsignal

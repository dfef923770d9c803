// crypto/ratchet/first_contact_keys.h: transcript, keys, session id and binding of a first contact.
//
// Spec:    protocol/spec/first-contact.md FCT-3, FCT-4
// Secrets: the agreement goes in, seven keys come out
// Threads: values only
#pragma once

#include "crypto/ratchet/first_contact.h"

namespace tocsin {

// The handshake's own version, inside the transcript.
inline constexpr std::uint16_t kFirstContactVersion = 1;

Transcript transcript_of(const CardId& card, const EphemeralPublic& ephemeral,
                         const KemCiphertext& ciphertext);

struct Agreement {
  const KemShared& shared;
  const AgreedSecret& with_prekey;    // X25519(e, SPK)
  const AgreedSecret& with_identity;  // X25519(e, IK)
  const Psk& psk;
};
FirstContactKeys derive_keys(const Transcript& transcript, const Agreement& agreement);

SessionId session_id_of(const Transcript& transcript, const SessionPeer& initiator,
                        const SessionPeer& responder);

using InnerBinding = Fixed<struct InnerBindingTag, kInnerBindingBytes>;
// First in the inner plaintext: ties the inside to this transcript and this record.
InnerBinding binding_of(const Transcript& transcript, const RecordBytes& record);

}  // namespace tocsin

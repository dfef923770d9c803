#include "crypto/ratchet/first_contact_keys.h"

#include "crypto/base/codec.h"
#include "crypto/box/hash.h"
#include "crypto/box/labels.h"

namespace tocsin {

Transcript transcript_of(const CardId& card, const EphemeralPublic& ephemeral,
                         const KemCiphertext& ciphertext) {
  Writer input;
  input.raw(label_bytes(Label::kTranscript))
      .integer(kFirstContactVersion)
      .raw(card.view())
      .raw(ephemeral.view())
      .raw(ciphertext.view());
  Transcript transcript;
  copy_exact(sha512({input.view()}).view(), transcript.mutable_view());
  return transcript;
}

FirstContactKeys derive_keys(const Transcript& transcript, const Agreement& agreement) {
  const SecretBytes ikm(
      concat({agreement.shared.expose(kExpose), agreement.with_prekey.expose(kExpose),
              agreement.with_identity.expose(kExpose), agreement.psk.expose(kExpose)}));
  const Bytes info = concat({label_bytes(Label::kFirstContact), transcript.view()});
  SecretBytes out = hkdf_sha512(label_bytes(Label::kExtract), ikm.expose(kExpose), info, 7 * 32);
  const MutableBytes keys = out.expose_mutable(kExpose);
  return {EnvelopeKey::take(keys.subspan(0, 32)),   RootKey::take(keys.subspan(32, 32)),
          ChainKey::take(keys.subspan(64, 32)),     HeaderKey::take(keys.subspan(96, 32)),
          KemBlockKey::take(keys.subspan(128, 32)), HeaderKey::take(keys.subspan(160, 32)),
          KemBlockKey::take(keys.subspan(192, 32))};
}

SessionId session_id_of(const Transcript& transcript, const SessionPeer& initiator,
                        const SessionPeer& responder) {
  return blake2b_of<SessionId>({label_bytes(Label::kSessionId), transcript.view(),
                                initiator.identity.view(), initiator.signing.view(),
                                responder.identity.view(), responder.signing.view()});
}

InnerBinding binding_of(const Transcript& transcript, const RecordBytes& record) {
  return blake2b_of<InnerBinding>({transcript.view(), record.view()});
}

}  // namespace tocsin

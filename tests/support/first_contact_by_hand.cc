#include "tests/support/first_contact_by_hand.h"

#include "crypto/base/codec.h"
#include "crypto/box/agree.h"
#include "crypto/box/hash.h"

namespace tocsin::testing_support {
namespace {

Transcript transcript_by_hand(const ByHand& order, const EphemeralPublic& ephemeral,
                              const KemCiphertext& ciphertext) {
  Writer input;
  input.raw(as_bytes("tocsin/1 transcript"))
      .integer(order.version)
      .raw(order.card.value_or(order.responder.card.card).view())
      .raw(ephemeral.view())
      .raw(ciphertext.view());
  return Transcript::from(sha512({input.view()}).view()).value();
}

Bytes inner_by_hand(const ByHand& order, const Transcript& transcript, Rng& rng) {
  const CardKeys& card = order.responder.card;
  const SessionId sid =
      session_id_of(transcript, {order.initiator.identity.public_key, order.signing},
                    {card.identity, card.signing});
  const InnerParty party{order.initiator.inner(), sid, rng};
  InnerRecord record =
      inner_start(party, {card.identity, card.prekey, card.prekey_signature, card.prekey_id})
          .value();
  Bytes plain(order.inner_plain);
  copy_exact(binding_of(transcript, order.bound.value_or(order.record)).view(),
             MutableBytes(plain).first(kInnerBindingBytes));
  for (int i = 0; i < order.thrown_away; ++i)
    record = std::move(inner_seal(party, record, plain).value().record);
  Bytes inner = inner_seal(party, record, plain).value().message;
  if (order.change_inner) order.change_inner(inner);
  return inner;
}

}  // namespace

Envelope seal_by_hand(const ByHand& order, Rng& rng) {
  const CardKeys& card = order.responder.card;
  const auto ephemeral = make_x25519_pair<EphemeralPublic, EphemeralSecret>(rng);
  const KemEncapsulation kem = kem_encapsulate(card.kem, rng);
  const Transcript transcript = transcript_by_hand(order, ephemeral.public_key, kem.ciphertext);
  const AgreedSecret with_prekey =
      x25519_agree(ephemeral.secret.expose(kExpose), card.prekey.view()).value();
  const AgreedSecret with_identity =
      x25519_agree(ephemeral.secret.expose(kExpose), card.identity.view()).value();
  const FirstContactKeys keys =
      derive_keys(transcript, {kem.shared, with_prekey, with_identity, order.psk});

  Writer writer;
  writer.raw(order.record.view())
      .short_field(inner_by_hand(order, transcript, rng))
      .pad_to(kFirstContactPlainBytes);
  Bytes body = std::move(writer).take();
  if (order.change_body) order.change_body(body);
  Envelope envelope;
  const MutableBytes out = envelope.mutable_view();
  copy_exact(ephemeral.public_key.view(), out.first(EphemeralPublic::kBytes));
  copy_exact(kem.ciphertext.view(), out.subspan(EphemeralPublic::kBytes, KemCiphertext::kBytes));
  seal_into({keys.envelope.expose(kExpose), Nonce{}, transcript.view()}, body,
            out.subspan(kFirstContactFrontBytes));
  return envelope;
}

}  // namespace tocsin::testing_support

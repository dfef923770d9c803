#include "crypto/ratchet/first_contact.h"

#include "crypto/base/codec.h"
#include "crypto/box/agree.h"
#include "crypto/box/hash.h"
#include "crypto/box/labels.h"
#include "crypto/ratchet/first_contact_keys.h"
#include "crypto/ratchet/session_state.h"

namespace tocsin {
namespace {

// What is known when the outer state begins (SES-6.3).
struct Start {
  SessionRole role;
  SessionId sid;
  SessionPeer peer;
  std::optional<InnerPin> pin;
  FirstContactKeys keys;
  InnerRecord inner;
};

Session start_session(Start start, std::optional<Sending> sending,
                      std::optional<Receiving> receiving, std::variant<Waiting, Entitled> turn) {
  return Session(std::make_unique<SessionState>(SessionState{.role = start.role,
                                                             .sid = start.sid,
                                                             .peer = start.peer,
                                                             .pin = start.pin,
                                                             .root = std::move(start.keys.root),
                                                             .peer_seen = std::nullopt,
                                                             .sending = std::move(sending),
                                                             .receiving = std::move(receiving),
                                                             .old = {},
                                                             .turn = std::move(turn),
                                                             .memory = {},
                                                             .inner = std::move(start.inner),
                                                             .outlook = std::nullopt}));
}

Session start_initiator(Start start, KemPair offer, Hour hour) {
  FirstContactKeys& keys = start.keys;
  Sending sending{.epoch = {0},
                  .chain = std::move(keys.chain),
                  .header = std::move(keys.header0),
                  .block = std::move(keys.block0),
                  .sent = 0,
                  .previous = 0,
                  .offer = std::nullopt,
                  .born = hour};
  Waiting waiting{{std::move(keys.header1), std::move(keys.block1)}, std::move(offer)};
  return start_session(std::move(start), std::move(sending), std::nullopt, std::move(waiting));
}

Session start_responder(Start start, const KemPublic& kem_offer) {
  FirstContactKeys& keys = start.keys;
  Receiving receiving{.epoch = {0},
                      .chain = std::move(keys.chain),
                      .header = std::move(keys.header0),
                      .block = std::move(keys.block0),
                      .next = 0,
                      .kem = {}};
  Entitled entitled{{std::move(keys.header1), std::move(keys.block1)}, kem_offer};
  return start_session(std::move(start), std::nullopt, std::move(receiving), std::move(entitled));
}

// kEnv seals one envelope in its life, so the nonce can be a constant.
AeadParameters envelope_seal(const EnvelopeKey& key, const Transcript& transcript) {
  return {key.expose(kExpose), Nonce{}, transcript.view()};
}

// A low-order e must cost and answer what a wrong one does (FCT-6.2).
AgreedSecret agree_or_random(BytesView secret, const EphemeralPublic& ephemeral, Rng& rng) {
  auto agreed = x25519_agree(secret, ephemeral.view());
  return agreed ? std::move(*agreed) : AgreedSecret::random(rng);
}

}  // namespace

Psk no_psk() {
  std::array<std::uint8_t, Psk::kBytes> zeros{};
  return Psk::take(zeros);
}
Psk psk_of(const InvitationSecret& secret) {
  return derive<Psk>(secret.expose(kExpose), {label_bytes(Label::kPsk)});
}

FirstContactDraft::FirstContactDraft(const CardKeys& card, FirstContactKeys keys, KemPair offer)
    : card_(card), keys_(std::move(keys)), offer_(std::move(offer)) {}

Result<FirstContactDraft> FirstContactDraft::create(const CardKeys& card, const Psk& psk,
                                                    Rng& rng) {
  TRY(check_x25519_public(card.prekey.view()));
  TRY(check_x25519_public(card.identity.view()));
  const auto ephemeral = make_x25519_pair<EphemeralPublic, EphemeralSecret>(rng);
  const KemEncapsulation kem = kem_encapsulate(card.kem, rng);
  KemPair offer = make_kem_pair(rng);
  const Transcript transcript = transcript_of(card.card, ephemeral.public_key, kem.ciphertext);
  const AgreedSecret with_prekey =
      TRY(x25519_agree(ephemeral.secret.expose(kExpose), card.prekey.view()));
  const AgreedSecret with_identity =
      TRY(x25519_agree(ephemeral.secret.expose(kExpose), card.identity.view()));
  FirstContactDraft draft(card,
                          derive_keys(transcript, {kem.shared, with_prekey, with_identity, psk}),
                          std::move(offer));
  draft.ephemeral_ = ephemeral.public_key;
  draft.ciphertext_ = kem.ciphertext;
  draft.transcript_ = transcript;
  return draft;
}

Result<Initiated> FirstContactDraft::seal(const InitiatorInput& input) && {
  if (input.content.size() > kContentFirst)
    return fail(kTooLarge, "first content", static_cast<std::int64_t>(input.content.size()));
  const SessionPeer own{input.identity.public_key, input.signing};
  const SessionPeer peer{card_.identity, card_.signing};
  const InnerParty party{input.identity, session_id_of(transcript_, own, peer), input.rng};

  const InnerRecord fresh = TRY(
      inner_start(party, {card_.identity, card_.prekey, card_.prekey_signature, card_.prekey_id}));
  SecretBytes plain = SecretBytes::zeros(kFirstContactInnerPlain);
  const MutableBytes places = plain.expose_mutable(kExpose);
  copy_exact(binding_of(transcript_, input.record).view(), places.first(kInnerBindingBytes));
  copy_exact(input.content, places.subspan(kInnerBindingBytes, input.content.size()));
  InnerSealed inner = TRY(inner_seal(party, fresh, plain.expose(kExpose)));
  if (inner.message.size() > kMaxInnerFirst)
    return fail(kTooLarge, "first inner", static_cast<std::int64_t>(inner.message.size()));

  Writer body;
  body.raw(input.record.view()).short_field(inner.message).pad_to(kFirstContactPlainBytes);
  Envelope envelope;
  const MutableBytes out = envelope.mutable_view();
  copy_exact(ephemeral_.view(), out.first(EphemeralPublic::kBytes));
  copy_exact(ciphertext_.view(), out.subspan(EphemeralPublic::kBytes, KemCiphertext::kBytes));
  seal_into(envelope_seal(keys_.envelope, transcript_), body.view(),
            out.subspan(kFirstContactFrontBytes));

  Session session = start_initiator({.role = SessionRole::kInitiator,
                                     .sid = party.sid,
                                     .peer = peer,
                                     .pin = std::nullopt,
                                     .keys = std::move(keys_),
                                     .inner = std::move(inner.record)},
                                    std::move(offer_), input.hour);
  return Initiated{envelope, std::move(session), transcript_};
}

FirstContactOpened::FirstContactOpened(const Transcript& transcript, FirstContactKeys keys)
    : transcript_(transcript), keys_(std::move(keys)) {}

Result<FirstContactOpened> FirstContactOpened::open(const Envelope& envelope,
                                                    const ResponderKeys& keys, Rng& rng) {
  Reader front(envelope.view());
  const auto ephemeral = front.fixed<EphemeralPublic>();
  const auto ciphertext = front.fixed<KemCiphertext>();
  const KemShared shared = kem_decapsulate(keys.secrets.kem, ciphertext);
  const AgreedSecret with_prekey =
      agree_or_random(keys.secrets.prekey.expose(kExpose), ephemeral, rng);
  const AgreedSecret with_identity =
      agree_or_random(keys.identity.secret.expose(kExpose), ephemeral, rng);
  const Transcript transcript = transcript_of(keys.card.card, ephemeral, ciphertext);
  FirstContactOpened opened(
      transcript, derive_keys(transcript, {shared, with_prekey, with_identity, keys.psk}));
  const auto plain = tocsin::open(envelope_seal(opened.keys_.envelope, transcript), front.rest());
  if (!plain) return fail(kUnopenable, "first contact");
  Reader body(plain->expose(kExpose));
  opened.record_ = body.fixed<RecordBytes>();
  opened.inner_ = SecretBytes::copy_of(body.short_field(kMaxInnerFirst));
  if (!body.finish_zero_padded("first contact body")) return fail(kUnopenable, "first contact");
  return opened;
}

Result<Responded> FirstContactOpened::accept(const ResponderInput& input) && {
  const SessionPeer own{input.card.identity, input.card.signing};
  const SessionPeer peer{input.claims.identity, input.claims.signing};
  const InnerParty party{input.identity, session_id_of(transcript_, peer, own), input.rng};
  InnerFirstOpened inner = TRY(
      inner_open_first(party, {inner_.expose(kExpose),
                               input.claims.identity,
                               {input.card.prekey_id, input.card.prekey, input.secrets.prekey}}));
  const BytesView plain = inner.plaintext.expose(kExpose);
  if (plain.size() != kFirstContactInnerPlain) return fail(kUnopenable, "first inner length");
  if (!equal_in_constant_time(plain.first(kInnerBindingBytes),
                              binding_of(transcript_, record_).view())) {
    return fail(kUnopenable, "inner binding");
  }
  SecretBytes content = SecretBytes::copy_of(plain.subspan(kInnerBindingBytes));
  Session session = start_responder({.role = SessionRole::kResponder,
                                     .sid = party.sid,
                                     .peer = peer,
                                     .pin = inner.pin,
                                     .keys = std::move(keys_),
                                     .inner = std::move(inner.record)},
                                    input.claims.kem_offer);
  return Responded{std::move(session), std::move(content)};
}

}  // namespace tocsin

#include "crypto/ratchet/envelope.h"

#include "crypto/box/hash.h"
#include "crypto/box/labels.h"

namespace tocsin {
namespace {

constexpr std::uint8_t kHeaderVersion = 1;
constexpr std::uint8_t kFlagKem = 1;
constexpr std::uint8_t kFlagPrekeyForm = 2;
constexpr std::uint32_t kNone = 0xFFFFFFFF;

std::size_t body_offset(KemBlock kem) {
  return kEnvelopeFrontBytes + (kem == KemBlock::kPresent ? kSealedKemBlockBytes : 0);
}

Nonce nonce_of(const Envelope& envelope) {
  Nonce nonce;
  copy_exact(envelope.view().first(Nonce::kBytes), nonce.mutable_view());
  return nonce;
}
BytesView sealed_header_of(const Envelope& envelope) {
  return envelope.view().subspan(Nonce::kBytes, kSealedHeaderBytes);
}

Bytes header_data(const SessionId& sid) {
  return concat({label_bytes(Label::kHeader), sid.view()});
}
Bytes block_data(const SessionId& sid, const Envelope& envelope) {
  return concat({label_bytes(Label::kKemBlock), sid.view(), sealed_header_of(envelope)});
}
// Everything before the body, nonce included.
Bytes body_data(const SessionId& sid, const Envelope& envelope, KemBlock kem) {
  return concat({label_bytes(Label::kBody), sid.view(), envelope.view().first(body_offset(kem))});
}

}  // namespace

EnvelopeDigest digest_of(const Envelope& envelope) {
  return blake2b_of<EnvelopeDigest>({envelope.view()});
}
BodyHash body_hash_of(BytesView inner) { return blake2b_of<BodyHash>({inner}); }
KemDigest digest_of(const KemOffer& offer) {
  return blake2b_of<KemDigest>({offer.ciphertext.view(), offer.next.view()});
}

OuterHeaderBytes encode_header(const OuterHeader& header) {
  const bool kem = header.kem == KemBlock::kPresent;
  const bool prekey = header.form == InnerForm::kPrekey;
  Writer writer;
  writer.integer(kHeaderVersion)
      .integer(static_cast<std::uint8_t>((kem ? kFlagKem : 0) | (prekey ? kFlagPrekeyForm : 0)))
      .integer(std::uint16_t{0})
      .integer(header.number.epoch.value)
      .integer(header.number.counter)
      .integer(header.previous)
      .integer(header.seen ? header.seen->value : kNone)
      .raw(header.body.view())
      .integer(std::uint32_t{0});
  OuterHeaderBytes bytes;
  copy_exact(writer.view(), bytes.mutable_view());
  return bytes;
}

Result<OuterHeader> decode_header(BytesView bytes) {
  Reader reader(bytes);
  const auto version = reader.integer<std::uint8_t>();
  const auto flags = reader.integer<std::uint8_t>();
  const auto zero16 = reader.integer<std::uint16_t>();
  OuterHeader header;
  header.number.epoch.value = reader.integer<std::uint32_t>();
  header.number.counter = reader.integer<std::uint32_t>();
  header.previous = reader.integer<std::uint32_t>();
  const auto seen = reader.integer<std::uint32_t>();
  header.body = reader.fixed<BodyHash>();
  const auto zero32 = reader.integer<std::uint32_t>();
  TRY(reader.finish("outer header length"));
  if (version != kHeaderVersion) return fail(kMalformed, "outer header version", version);
  if ((flags & ~(kFlagKem | kFlagPrekeyForm)) != 0 || zero16 != 0 || zero32 != 0)
    return fail(kMalformed, "outer header reserved bits", flags);
  if (header.number.counter >= kMaxEpochSends || header.previous > kMaxEpochSends)
    return fail(kMalformed, "outer header counters");
  header.kem = (flags & kFlagKem) != 0 ? KemBlock::kPresent : KemBlock::kAbsent;
  header.form = (flags & kFlagPrekeyForm) != 0 ? InnerForm::kPrekey : InnerForm::kPlain;
  if (seen != kNone) header.seen = Epoch{seen};
  return header;
}

Envelope seal_envelope(const SessionId& sid, const EnvelopeKeys& keys,
                       const EnvelopeContent& content, const Nonce& nonce) {
  Envelope envelope;
  const MutableBytes out = envelope.mutable_view();
  copy_exact(nonce.view(), out.first(Nonce::kBytes));
  const Bytes header_ad = header_data(sid);
  seal_into({keys.header.expose(kExpose), nonce, header_ad}, encode_header(content.header).view(),
            out.subspan(Nonce::kBytes, kSealedHeaderBytes));
  if (content.offer != nullptr) {
    const Bytes block_ad = block_data(sid, envelope);
    const Bytes block = concat({content.offer->ciphertext.view(), content.offer->next.view()});
    seal_into({keys.block.expose(kExpose), nonce, block_ad}, block,
              out.subspan(kEnvelopeFrontBytes, kSealedKemBlockBytes));
  }
  const std::size_t offset = body_offset(content.header.kem);
  const Bytes body_ad = body_data(sid, envelope, content.header.kem);
  Writer body;
  body.short_field(content.inner).pad_to(kEnvelopeBytes - offset - kAeadTagBytes);
  seal_into({keys.message.expose(kExpose), nonce, body_ad}, body.view(), out.subspan(offset));
  return envelope;
}

Result<OuterHeaderBytes> open_header(const SessionId& sid, const HeaderKey& key,
                                     const Envelope& envelope) {
  const Bytes ad = header_data(sid);
  const SecretBytes plain =
      TRY(open({key.expose(kExpose), nonce_of(envelope), ad}, sealed_header_of(envelope)));
  return OuterHeaderBytes::from(plain.expose(kExpose));
}

Result<KemOffer> open_kem_block(const SessionId& sid, const KemBlockKey& key,
                                const Envelope& envelope) {
  const Bytes ad = block_data(sid, envelope);
  const SecretBytes plain =
      TRY(open({key.expose(kExpose), nonce_of(envelope), ad},
               envelope.view().subspan(kEnvelopeFrontBytes, kSealedKemBlockBytes)));
  Reader reader(plain.expose(kExpose));
  KemOffer offer;
  offer.ciphertext = reader.fixed<KemCiphertext>();
  offer.next = reader.fixed<KemPublic>();
  TRY(reader.finish("KEM block"));
  return offer;
}

Result<SecretBytes> open_body(const SessionId& sid, const MessageKey& key, const Envelope& envelope,
                              const OuterHeader& header) {
  const Bytes ad = body_data(sid, envelope, header.kem);
  const SecretBytes plain = TRY(open({key.expose(kExpose), nonce_of(envelope), ad},
                                     envelope.view().subspan(body_offset(header.kem))));
  Reader reader(plain.expose(kExpose));
  // The capacity is what is left after the length field, so the reader's own bound is the check.
  const BytesView inner = reader.short_field(kMaxInnerPlain);
  TRY(reader.finish_zero_padded("envelope body"));
  if (body_hash_of(inner) != header.body) return fail(kMalformed, "body hash");
  return SecretBytes::copy_of(inner);
}

}  // namespace tocsin

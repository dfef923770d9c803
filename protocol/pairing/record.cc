#include "protocol/pairing/record.h"

#include <algorithm>

#include "crypto/box/agree.h"
#include "crypto/box/labels.h"
#include "crypto/box/sign.h"
#include "crypto/ratchet/identity.h"
#include "protocol/codes.h"

namespace tocsin {
namespace {

// Unlike a card's route the host has a place of fixed length: the record has one size anyway.
void write_reply(Writer& writer, const Route& reply) {
  writer.raw(reply.relay.curve.view())
      .raw(reply.relay.store_pin.view())
      .integer(reply.relay.port)
      .integer(static_cast<std::uint8_t>(reply.relay.host.size()))
      .raw(as_bytes(reply.relay.host));
  writer.pad_to(writer.size() + kMaxHostBytes - reply.relay.host.size());
  writer.raw(reply.drop.view());
}

Result<Route> read_reply(Reader& reader) {
  Route reply;
  reply.relay.curve = reader.fixed<CurvePublic>();
  reply.relay.store_pin = reader.fixed<StorePin>();
  reply.relay.port = reader.integer<std::uint16_t>();
  const std::size_t length = reader.integer<std::uint8_t>();
  const BytesView host = reader.raw(kMaxHostBytes);
  reply.drop = reader.fixed<DropId>();
  if (!reader.ok() || length > host.size() || !is_all_zero(host.subspan(length)))
    return fail(kMalformed, "record reply host", static_cast<std::int64_t>(length));
  reply.relay.host = std::string(as_text(host.first(length)));
  TRY(check_relay_address(reply.relay));
  return reply;
}

// FCT-5.4: with a signing key both proofs; without one both its places are zero.
Status check_proofs(const FirstContactRecord& record) {
  TRY(identity_verify(record.identity, {Label::kIdentity, record.signing.view()},
                      record.identity_proof));
  if (record.signing.is_zero()) {
    if (!record.signing_proof.is_zero()) return fail(kMalformed, "record proof without a key");
    return {};
  }
  TRY(check_signing_public(record.signing));
  return verify(record.signing, Label::kRecord, {record.identity.view()}, record.signing_proof);
}

}  // namespace

Result<RecordBytes> encode_record(const FirstContactRecord& record) {
  TRY(check_relay_address(record.reply.relay));
  Writer writer;
  writer.integer(kRecordVersion)
      .integer(record.generation)
      .raw(record.identity.view())
      .raw(record.signing.view())
      .raw(record.identity_proof.view())
      .raw(record.signing_proof.view())
      .raw(record.kem_offer.view());
  write_reply(writer, record.reply);
  writer.pad_to(kFirstContactRecordBytes);
  return RecordBytes::from(writer.view());
}

Result<FirstContactRecord> decode_record(const RecordBytes& bytes) {
  Reader reader(bytes.view());
  const auto version = reader.integer<std::uint16_t>();
  if (version != kRecordVersion) return fail(kUnsupportedVersion, "first-contact record", version);
  FirstContactRecord record;
  record.generation = reader.integer<std::uint32_t>();
  record.identity = reader.fixed<IdentityPublic>();
  record.signing = reader.fixed<SigningPublic>();
  record.identity_proof = reader.fixed<Signature>();
  record.signing_proof = reader.fixed<Signature>();
  record.kem_offer = reader.fixed<KemPublic>();
  record.reply = TRY(read_reply(reader));
  TRY(reader.finish_zero_padded("first-contact record"));
  return record;
}

Result<RecordBytes> issue_record(const RecordOrder& order, const RecordAuthor& author,
                                 const KemPublic& kem_offer, Rng& rng) {
  FirstContactRecord record;
  record.generation = order.generation;
  record.identity = author.identity.public_key;
  if (author.signing != nullptr) {
    record.signing = signing_public_of(*author.signing);
    record.signing_proof = sign(*author.signing, Label::kRecord, {record.identity.view()});
  }
  record.identity_proof =
      TRY(identity_sign(author.identity.secret, {Label::kIdentity, record.signing.view()}, rng));
  record.kem_offer = kem_offer;
  record.reply = order.reply;
  return encode_record(record);
}

Result<FirstContactRecord> check_record(const RecordBytes& bytes) {
  FirstContactRecord record = TRY(decode_record(bytes));
  TRY(check_x25519_public(record.identity.view()));
  TRY(check_proofs(record));
  return record;
}

RecordClaims claims_of(const FirstContactRecord& record) {
  return {record.identity, record.signing, record.kem_offer};
}

}  // namespace tocsin

#include "protocol/board/record.h"

#include "crypto/base/codec.h"
#include "crypto/box/hash.h"
#include "crypto/box/sign.h"

namespace tocsin {
namespace {

SigningPublic as_signing(const WriterPublic& writer) {
  SigningPublic key;
  copy_exact(writer.view(), key.mutable_view());
  return key;
}

WriterPublic writer_of(const SigningSecret& secret) {
  WriterPublic writer;
  copy_exact(signing_public_of(secret).view(), writer.mutable_view());
  return writer;
}

SigningSecret signing_secret_of(const WriterSecret& writer) {
  return SigningSecret::from(writer.expose(kExpose)).value();  // both hold 32 bytes
}

// BRD-1.3: what the signature covers besides its label.
Bytes signed_part(const WriterPublic& writer, const BoardContent& content) {
  Writer part;
  part.raw(board_id_of(writer).view())
      .integer(content.version)
      .integer(content.expiry.value)
      .raw(payload_hash_of(content.payload).view());
  return std::move(part).take();
}

Bytes unpublish_part(const WriterPublic& writer, const UnpublishContext& context) {
  Writer part;
  part.raw(board_id_of(writer).view())
      .raw(context.relay.view())
      .raw(context.nonce.view())
      .integer(context.request);
  return std::move(part).take();
}

}  // namespace

BoardId board_id_of(const WriterPublic& writer) { return blake2b_of<BoardId>({writer.view()}); }

BoardId board_id_of_record(BytesView record) {
  return board_id_of(Reader(record).fixed<WriterPublic>());
}

PayloadHash payload_hash_of(BytesView payload) { return blake2b_of<PayloadHash>({payload}); }

KeyPair<WriterPublic, WriterSecret> make_writer_pair(Rng& rng) {
  WriterSecret secret = WriterSecret::random(rng);
  const WriterPublic writer = writer_of(signing_secret_of(secret));
  return {writer, std::move(secret)};
}

WriterPublic writer_public_of(const WriterSecret& writer) {
  return writer_of(signing_secret_of(writer));
}

Result<Bytes> sign_board(const WriterSecret& writer, const BoardContent& content) {
  if (content.payload.size() > kMaxBoardPayloadBytes)
    return fail(kTooLarge, "board payload", static_cast<std::int64_t>(content.payload.size()));
  if (content.version == 0) return fail(kOutOfRange, "board version");
  const SigningSecret secret = signing_secret_of(writer);
  const WriterPublic public_half = writer_of(secret);
  const Signature signature =
      sign(secret, Label::kSignedBoard, {signed_part(public_half, content)});
  Writer record;
  record.raw(public_half.view())
      .integer(content.version)
      .integer(content.expiry.value)
      .short_field(content.payload)
      .raw(signature.view());
  return std::move(record).take();
}

Result<BoardRecord> open_board(BytesView bytes) {
  Reader reader(bytes);
  BoardRecord record;
  record.writer = reader.fixed<WriterPublic>();
  record.content.version = reader.integer<std::uint64_t>();
  record.content.expiry.value = reader.integer<std::uint32_t>();
  record.content.payload = to_bytes(reader.short_field(kMaxBoardPayloadBytes));
  record.signature = reader.fixed<Signature>();
  TRY(reader.finish("board record"));
  if (record.content.version == 0) return fail(kMalformed, "board version");
  TRY(check_signing_public(as_signing(record.writer)));
  TRY(verify(as_signing(record.writer), Label::kSignedBoard,
             {signed_part(record.writer, record.content)}, record.signature));
  return record;
}

Signature sign_unpublish(const WriterSecret& writer, const UnpublishContext& context) {
  const SigningSecret secret = signing_secret_of(writer);
  return sign(secret, Label::kUnpublish, {unpublish_part(writer_of(secret), context)});
}

Status verify_unpublish(const WriterPublic& writer, const UnpublishContext& context,
                        const Signature& signature) {
  TRY(check_signing_public(as_signing(writer)));
  return verify(as_signing(writer), Label::kUnpublish, {unpublish_part(writer, context)},
                signature);
}

}  // namespace tocsin

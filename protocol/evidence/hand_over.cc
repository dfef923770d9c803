#include "protocol/evidence/hand_over.h"

#include "crypto/base/codec.h"
#include "crypto/box/labels.h"
#include "protocol/alert/text.h"
#include "protocol/codes.h"

namespace tocsin {
namespace {

constexpr std::uint8_t kVersion = 1;

Status check(const HandOver& hand_over) {
  for (const HandOverSide& side : {hand_over.giver, hand_over.taker}) {
    if (side.head.hash.is_zero() != (side.head.length == 0))
      return fail(kForbiddenValue, "head of a chain");
  }
  if (hand_over.giver.key == hand_over.taker.key)
    return fail(kForbiddenValue, "a hand-over to oneself");
  return check_plain_text(hand_over.why, {kMostReasonBytes, LineBreaks::kAllowed});
}

void write_side(Writer& writer, const HandOverSide& side) {
  writer.raw(side.key.view()).integer(side.head.length).raw(side.head.hash.view());
}
HandOverSide read_side(Reader& reader) {
  HandOverSide side;
  side.key = reader.fixed<SigningPublic>();
  side.head.length = reader.integer<std::uint64_t>();
  side.head.hash = reader.fixed<CustodyHash>();
  return side;
}

}  // namespace

Result<Bytes> encode_hand_over(const HandOver& hand_over) {
  TRY(check(hand_over));
  Writer writer;
  writer.integer(kVersion).raw(hand_over.case_id.view());
  write_side(writer, hand_over.giver);
  write_side(writer, hand_over.taker);
  writer.integer(hand_over.seconds).raw(hand_over.file.view()).raw(hand_over.content.view());
  writer.short_field(as_bytes(hand_over.why));
  return std::move(writer).take();
}

Result<HandOver> decode_hand_over(BytesView body) {
  Reader reader(body);
  if (const auto version = reader.integer<std::uint8_t>(); version != kVersion)
    return fail(reader.ok() ? kUnsupportedVersion : kMalformed, "hand-over", version);
  HandOver hand_over;
  hand_over.case_id = reader.fixed<CaseId>();
  hand_over.giver = read_side(reader);
  hand_over.taker = read_side(reader);
  hand_over.seconds = reader.integer<std::uint64_t>();
  hand_over.file = reader.fixed<FileId>();
  hand_over.content = reader.fixed<Sha256>();
  hand_over.why = as_text(reader.short_field(kMostReasonBytes));
  TRY(reader.finish("hand-over"));
  TRY(check(hand_over));
  return hand_over;
}

HandOverHash hash_of_hand_over(BytesView body) {
  return HandOverHash::from(sha256({label_bytes(Label::kCustodyHandOver), body}).view()).value();
}

Result<HandOver> open_hand_over(const Dsse& envelope) {
  if (envelope.kind != DocumentKind::kHandOver || envelope.signatures.size() != 2)
    return fail(kMalformed, "signatures of a hand-over",
                static_cast<std::int64_t>(envelope.signatures.size()));
  HandOver hand_over = TRY(decode_hand_over(envelope.body));
  const std::array keys{hand_over.giver.key, hand_over.taker.key};
  if (valid_signers(envelope, keys).size() != 2) return fail(kBadSignature, "hand-over");
  return hand_over;
}

}  // namespace tocsin

#include "protocol/alert/carried.h"

#include "crypto/base/codec.h"
#include "protocol/codes.h"

namespace tocsin {
namespace {

constexpr std::string_view kMagic = "tocsin carried 1\n";
constexpr std::size_t kVersionAt = 15;
enum class Kind : std::uint8_t { kAlert = 1, kAnswer = 2, kCharter = 3, kSeat = 4 };

constexpr std::size_t kMaxOffer = 64 + kMaxCharterVersions * kMaxCharterEnvelope;
constexpr std::size_t kMaxRequest = 1024 + kMaxAlertBody;
constexpr std::size_t kMaxAnswer = 128 + kMaxReasonText;

template <class Message>
Result<Message> only(CharterMessage message, const char* where) {
  Message* wanted = std::get_if<Message>(&message);
  if (wanted == nullptr) return fail(kMalformed, where);
  return std::move(*wanted);
}

Writer begin(Kind kind) {
  Writer writer;
  writer.raw(as_bytes(kMagic)).integer(static_cast<std::uint8_t>(kind));
  return writer;
}

Result<Bytes> encode(const CarriedAlert& alert) {
  return begin(Kind::kAlert)
      .long_field(TRY(encode_charter_message(alert.charter)))
      .long_field(TRY(encode_cosign_request(alert.request)))
      .raw(alert.asker.view())
      .raw(alert.proof.view())
      .bytes();
}

Result<Bytes> encode(const CarriedAnswer& answer) {
  return begin(Kind::kAnswer)
      .long_field(TRY(encode_cosign_answer(answer.answer)))
      .raw(answer.holder.view())
      .raw(answer.proof.view())
      .bytes();
}

Result<Bytes> encode(const CarriedCharter& charter) {
  const Bytes base =
      charter.base.has_value() ? TRY(encode_charter_message(*charter.base)) : Bytes{};
  return begin(Kind::kCharter)
      .long_field(base)
      .long_field(TRY(encode_charter_message(charter.question)))
      .bytes();
}

Result<Bytes> encode(const CarriedSeat& seat) {
  return begin(Kind::kSeat).long_field(TRY(encode_charter_message(seat.answer))).bytes();
}

Result<CarriedAlert> decode_alert(Reader& reader) {
  const BytesView charter = reader.long_field(kMaxOffer);
  const BytesView request = reader.long_field(kMaxRequest);
  const auto asker = reader.fixed<SigningPublic>();
  const auto proof = reader.fixed<Signature>();
  TRY(reader.finish("carried alert"));
  CharterOffer offer =
      TRY(only<CharterOffer>(TRY(decode_charter_message(charter)), "carried charter"));
  CosignRequest asked = TRY(decode_cosign_request(request));
  return CarriedAlert{std::move(offer), std::move(asked), asker, proof};
}

Result<CarriedAnswer> decode_answer(Reader& reader) {
  const BytesView answer = reader.long_field(kMaxAnswer);
  const auto holder = reader.fixed<SigningPublic>();
  const auto proof = reader.fixed<Signature>();
  TRY(reader.finish("carried answer"));
  return CarriedAnswer{TRY(decode_cosign_answer(answer)), holder, proof};
}

Result<CarriedCharter> decode_charter_question(Reader& reader) {
  const BytesView base = reader.long_field(kMaxOffer);
  const BytesView question = reader.long_field(kMaxOffer);
  TRY(reader.finish("carried charter"));
  CharterMessage asked = TRY(decode_charter_message(question));
  CarriedCharter carried{std::nullopt, std::move(asked)};
  if (!base.empty())
    carried.base = TRY(only<CharterOffer>(TRY(decode_charter_message(base)), "carried base"));
  const bool asks = std::holds_alternative<FoundingRequest>(carried.question) ||
                    std::holds_alternative<CharterProposal>(carried.question);
  if (!asks) return fail(kMalformed, "carried question");
  return carried;
}

Result<CarriedSeat> decode_seat(Reader& reader) {
  const BytesView answer = reader.long_field(kMaxOffer);
  TRY(reader.finish("carried seat"));
  CarriedSeat seat{TRY(decode_charter_message(answer))};
  const bool answers = std::holds_alternative<FoundingKey>(seat.answer) ||
                       std::holds_alternative<CharterSignature>(seat.answer);
  if (!answers) return fail(kMalformed, "carried answer");
  return seat;
}

}  // namespace

Result<Bytes> encode_carried(const Carried& carried) {
  return std::visit([](const auto& kind) -> Result<Bytes> { return encode(kind); }, carried);
}

Result<Carried> decode_carried(BytesView bytes) {
  Reader reader(bytes);
  const std::string_view magic = as_text(reader.raw(kMagic.size()));
  if (magic != kMagic && magic.starts_with(kMagic.substr(0, kVersionAt)))
    return fail(kUnsupportedVersion, "carried file");
  if (magic != kMagic) return fail(kMalformed, "carried file");
  switch (static_cast<Kind>(reader.integer<std::uint8_t>())) {
    case Kind::kAlert:
      return TRY(decode_alert(reader));
    case Kind::kAnswer:
      return TRY(decode_answer(reader));
    case Kind::kCharter:
      return TRY(decode_charter_question(reader));
    case Kind::kSeat:
      return TRY(decode_seat(reader));
  }
  return fail(kMalformed, "kind of a carried file");
}

Result<CarriedAnswer> answer_carried(const CosignAnswer& answer, const SigningSecret& secret) {
  const Bytes encoded = TRY(encode_cosign_answer(answer));
  return CarriedAnswer{answer, signing_public_of(secret),
                       sign(secret, Label::kCarriedAnswer, {encoded})};
}

Result<std::size_t> check_carried_answer(const CarriedAnswer& carried, const Charter& charter) {
  const std::optional<std::size_t> holder = holder_of(charter.holders, carried.holder);
  if (!holder.has_value()) return fail(kNotAHolder, "carried answer");
  const Bytes encoded = TRY(encode_cosign_answer(carried.answer));
  TRY(verify(carried.holder, Label::kCarriedAnswer, {encoded}, carried.proof));
  return *holder;
}

Result<CarriedAlert> ask_carried(const CharterOffer& charter, const CosignRequest& request,
                                 const SigningSecret& secret) {
  const Bytes encoded = TRY(encode_cosign_request(request));
  return CarriedAlert{charter, request, signing_public_of(secret),
                      sign(secret, Label::kCarriedQuestion, {charter.id.view(), encoded})};
}

Result<std::size_t> check_carried_question(const CarriedAlert& carried, const CharterChain& chain) {
  const std::optional<std::size_t> holder =
      holder_of(chain.newest().charter.holders, carried.asker);
  if (!holder.has_value()) return fail(kNotAHolder, "carried question");
  const Bytes encoded = TRY(encode_cosign_request(carried.request));
  TRY(verify(carried.asker, Label::kCarriedQuestion, {chain.id().view(), encoded}, carried.proof));
  return *holder;
}

}  // namespace tocsin

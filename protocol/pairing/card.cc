#include "protocol/pairing/card.h"

#include "crypto/box/hash.h"
#include "crypto/box/labels.h"
#include "protocol/codes.h"

namespace tocsin {
namespace {

bool is_card_kind(std::uint8_t kind) {
  return kind >= static_cast<std::uint8_t>(CardKind::kPublic) &&
         kind <= static_cast<std::uint8_t>(CardKind::kContact);
}

// What the layout alone demands (PAI-2.2 … PAI-2.4); keys and signatures are check_card's.
Status check_layout(const Card& card) {
  if (!is_card_kind(static_cast<std::uint8_t>(card.kind))) return fail(kMalformed, "card kind");
  if (card.until < card.from || card.until.value - card.from.value > longest_validity(card.kind)) {
    return fail(kMalformed, "card days");
  }
  if (card.routes.empty() || card.routes.size() > kMaxRoutes)
    return fail(kMalformed, "card routes", static_cast<std::int64_t>(card.routes.size()));
  for (auto route = card.routes.begin(); route != card.routes.end(); ++route) {
    TRY(check_relay_address(route->relay));
    if (std::find(card.routes.begin(), route, *route) != route)
      return fail(kMalformed, "card names a route twice");
  }
  if (card.signing.is_zero() && card.kind != CardKind::kContact)
    return fail(kMalformed, "card without signing key");
  if (card.signing.is_zero() && !card.signature.is_zero())
    return fail(kMalformed, "card signature without key");
  return {};
}

}  // namespace

std::uint32_t longest_validity(CardKind kind) {
  switch (kind) {
    case CardKind::kPublic:
      return kPublicCardDays;
    case CardKind::kInvitation:
      return kInvitationDays;
    case CardKind::kContact:
      return kContactCardDays;
  }
  return 0;
}

Result<Bytes> encode_card(const Card& card) {
  TRY(check_layout(card));
  Writer writer;
  writer.integer(kCardVersion)
      .integer(static_cast<std::uint8_t>(card.kind))
      .integer(card.number)
      .integer(card.from.value)
      .integer(card.until.value)
      .raw(card.identity.view())
      .raw(card.signing.view())
      .integer(card.prekey_id)
      .raw(card.prekey.view())
      .raw(card.prekey_signature.view())
      .raw(card.kem.view())
      .raw(card.charter.view())
      .integer(static_cast<std::uint8_t>(card.routes.size()));
  for (const Route& route : card.routes) write_route(writer, route);
  writer.raw(card.identity_proof.view()).raw(card.signature.view());
  return std::move(writer).take();
}

Result<Card> read_card(Reader& reader) {
  const auto version = reader.integer<std::uint16_t>();
  if (reader.ok() && version != kCardVersion)
    return fail(kUnsupportedVersion, "card version", version);
  Card card;
  const auto kind = reader.integer<std::uint8_t>();
  if (!is_card_kind(kind)) return fail(kMalformed, "card kind", kind);
  card.kind = static_cast<CardKind>(kind);
  card.number = reader.integer<std::uint32_t>();
  card.from = {reader.integer<std::uint32_t>()};
  card.until = {reader.integer<std::uint32_t>()};
  card.identity = reader.fixed<IdentityPublic>();
  card.signing = reader.fixed<SigningPublic>();
  card.prekey_id = reader.integer<std::uint32_t>();
  card.prekey = reader.fixed<PrekeyPublic>();
  card.prekey_signature = reader.fixed<Signature>();
  card.kem = reader.fixed<KemPublic>();
  card.charter = reader.fixed<CharterId>();
  const auto count = reader.integer<std::uint8_t>();
  if (!reader.ok() || count == 0 || count > kMaxRoutes) return fail(kMalformed, "card", count);
  for (std::uint8_t i = 0; i < count; ++i) card.routes.push_back(TRY(read_route(reader)));
  card.identity_proof = reader.fixed<Signature>();
  card.signature = reader.fixed<Signature>();
  if (!reader.ok()) return fail(kMalformed, "card length");
  TRY(check_layout(card));
  return card;
}

Result<Card> decode_card(BytesView bytes) {
  Reader reader(bytes);
  Card card = TRY(read_card(reader));
  TRY(reader.finish("card"));
  return card;
}

CardId card_id(BytesView card_bytes) { return blake2b_of<CardId>({card_bytes}); }

IdentityCommitment commit_identity(const IdentityPublic& identity, const SigningPublic& signing) {
  return blake2b_of<IdentityCommitment>(
      {label_bytes(Label::kCommit), identity.view(), signing.view()});
}

}  // namespace tocsin

#include "protocol/pairing/link.h"

#include "crypto/box/hash.h"
#include "crypto/box/labels.h"
#include "protocol/codes.h"

namespace tocsin {
namespace {

using LinkDigest = Fixed<struct LinkDigestTag, 16>;
using CardKey = Secret<struct CardKeyTag, 32>;

Status check_kind(CardKind kind) {
  if (kind != CardKind::kPublic && kind != CardKind::kInvitation)
    return fail(kBadLink, "link kind", static_cast<std::int64_t>(kind));
  return {};
}

CardKey card_key(const InvitationSecret& secret) {
  return derive<CardKey>(secret.expose(kExpose), {label_bytes(Label::kCardKey)});
}

// The front of the digest of everything before it.
LinkDigest check_of(BytesView before) { return blake2b_of<LinkDigest>({before}); }

Result<Link> read_link(Reader& reader) {
  const auto kind = static_cast<CardKind>(reader.integer<std::uint8_t>());
  RelayAddress relay = TRY(read_relay_address(reader));
  const auto access_size = reader.integer<std::uint8_t>();
  if (access_size > kMaxLinkAccessBytes) return fail(kBadLink, "link access", access_size);
  SecretBytes access = SecretBytes::copy_of(reader.raw(access_size));
  const auto locator = reader.fixed<Locator>();
  const BytesView secret = reader.raw(InvitationSecret::kBytes);
  const auto commitment = reader.fixed<IdentityCommitment>();
  const auto least_number = reader.integer<std::uint32_t>();
  TRY(reader.finish("link"));
  TRY(check_kind(kind));
  InvitationSecret invitation = TRY(InvitationSecret::from(secret));
  return Link{kind,       std::move(relay), std::move(access), locator, std::move(invitation),
              commitment, least_number};
}

}  // namespace

Result<SecretBytes> encode_link(const Link& link) {
  TRY(check_kind(link.kind));
  TRY(check_relay_address(link.relay));
  if (link.access.size() > kMaxLinkAccessBytes)
    return fail(kBadLink, "link access", static_cast<std::int64_t>(link.access.size()));
  Writer writer;
  writer.integer(kLinkVersion).integer(static_cast<std::uint8_t>(link.kind));
  write_relay_address(writer, link.relay);
  writer.integer(static_cast<std::uint8_t>(link.access.size()))
      .raw(link.access.expose(kExpose))
      .raw(link.locator.view())
      .raw(link.secret.expose(kExpose))
      .raw(link.commitment.view())
      .integer(link.least_number);
  const LinkDigest check = check_of(writer.view());
  writer.raw(check.view().first(kLinkCheckBytes));
  return SecretBytes(std::move(writer).take());
}

Result<Link> decode_link(BytesView bytes) {
  const auto bad = [&](const char* where) {
    return fail(kBadLink, where, static_cast<std::int64_t>(bytes.size()));
  };
  if (bytes.size() < kLinkFixedBytes || bytes.size() > kMaxLinkBytes) return bad("link length");
  const BytesView before = bytes.first(bytes.size() - kLinkCheckBytes);
  // The check stands at the end in every version, so a typing error is never called an old program.
  const LinkDigest check = check_of(before);
  if (!std::ranges::equal(check.view().first(kLinkCheckBytes), bytes.last(kLinkCheckBytes)))
    return bad("link check");
  Reader reader(before);
  if (const auto version = reader.integer<std::uint16_t>(); version != kLinkVersion)
    return fail(kUnsupportedVersion, "link version", version);
  auto link = read_link(reader);
  if (!link) return bad("link layout");
  return link;
}

Result<std::string> print_link(const Link& link) {
  const SecretBytes bytes = TRY(encode_link(link));
  return std::string(kLinkScheme) + to_base64url(bytes.expose(kExpose));
}

Result<Link> parse_link(std::string_view text) {
  if (!text.starts_with(kLinkScheme)) return fail(kBadLink, "link scheme");
  text.remove_prefix(kLinkScheme.size());
  auto bytes = from_base64url(text);
  if (!bytes) return fail(kBadLink, "link text", static_cast<std::int64_t>(text.size()));
  const SecretBytes wiped_after(std::move(*bytes));
  return decode_link(wiped_after.expose(kExpose));
}

CardPin pin_of(const Link& link) { return {link.kind, link.commitment, link.least_number}; }

Psk psk_of(CardKind kind, const InvitationSecret* secret) {
  if (kind != CardKind::kInvitation || secret == nullptr) return no_psk();
  return psk_of(*secret);
}

Result<Bytes> seal_card(BytesView card_bytes, const BoardPlace& place, Rng& rng) {
  if (card_bytes.size() > kMaxCardBytes)
    return fail(kTooLarge, "card", static_cast<std::int64_t>(card_bytes.size()));
  Writer plain;
  plain.raw(card_bytes).pad_to(kSealedCardRoom);
  const auto nonce = rng.draw<Nonce>();
  const CardKey key = card_key(place.secret);
  return concat(
      {nonce.view(), seal({key.expose(kExpose), nonce, place.locator.view()}, plain.view())});
}

Result<Bytes> open_card(BytesView payload, const BoardPlace& place) {
  if (payload.size() != kSealedCardBytes)
    return fail(kMalformed, "sealed card", static_cast<std::int64_t>(payload.size()));
  const auto nonce = TRY(Nonce::from(payload.first(Nonce::kBytes)));
  const CardKey key = card_key(place.secret);
  const SecretBytes plain =
      TRY(open({key.expose(kExpose), nonce, place.locator.view()}, payload.subspan(Nonce::kBytes)));
  const BytesView padded = plain.expose(kExpose);
  Reader reader(padded);
  TRY(read_card(reader));
  TRY(reader.finish_zero_padded("sealed card"));
  return to_bytes(padded.first(padded.size() - reader.rest().size()));
}

}  // namespace tocsin

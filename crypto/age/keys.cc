#include "crypto/age/keys.h"

#include "crypto/age/bech32.h"
#include "crypto/box/agree.h"

namespace tocsin::age {
namespace {

constexpr std::string_view kRecipientPrefix = "age";
constexpr std::string_view kIdentityPrefix = "AGE-SECRET-KEY-";

}  // namespace

Identity make_identity(Rng& rng) { return Identity::random(rng); }

Recipient recipient_of(const Identity& identity) {
  Recipient recipient;
  x25519_public_of(identity.expose(kExpose), recipient.mutable_view());
  return recipient;
}

std::string recipient_text(const Recipient& recipient) {
  return to_bech32(kRecipientPrefix, recipient.view());
}

Result<Recipient> parse_recipient(std::string_view text) {
  const Bech32 parsed = TRY(from_bech32(text));
  if (parsed.prefix != kRecipientPrefix) return fail(kMalformed, "not a recipient of age");
  const Recipient recipient = TRY(Recipient::from(parsed.data.expose(kExpose)));
  TRY(check_x25519_public(recipient.view()));
  return recipient;
}

SecretBytes identity_text(const Identity& identity) {
  std::string text = to_bech32("age-secret-key-", identity.expose(kExpose));
  for (char& letter : text) {
    if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
  }
  SecretBytes secret = SecretBytes::copy_of(as_bytes(text));
  wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  return secret;
}

Result<Identity> parse_identity(std::string_view text) {
  const Bech32 parsed = TRY(from_bech32(text));
  if (parsed.prefix != kIdentityPrefix) return fail(kMalformed, "not an identity of age");
  return Identity::from(parsed.data.expose(kExpose));
}

Result<std::vector<Identity>> parse_identity_file(std::string_view text) {
  std::vector<Identity> identities;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) continue;
    identities.push_back(TRY(parse_identity(line)));
  }
  if (identities.empty()) return fail(kMalformed, "a file without an identity");
  return identities;
}

}  // namespace tocsin::age

#include "crypto/age/wrap.h"

#include <charconv>

#include "crypto/box/agree.h"
#include "crypto/box/chacha.h"
#include "crypto/box/scrypt.h"

namespace tocsin::age {
namespace {

constexpr std::string_view kX25519 = "X25519";
constexpr std::string_view kX25519Info = "age-encryption.org/v1/X25519";
constexpr std::string_view kScryptSalt = "age-encryption.org/v1/scrypt";

using Share = Fixed<struct AgeShareTag, 32>;
using Salt = Fixed<struct AgeSaltTag, kSaltBytes>;

// Every wrapping key is used once: the nonce is zero.
Bytes seal_key(const FileKey& key, BytesView wrapping) {
  Bytes body(kBodyBytes);
  chacha_seal_into({wrapping, {}}, key.expose(kExpose), body);
  return body;
}

std::optional<FileKey> open_key(BytesView body, BytesView wrapping) {
  std::array<std::uint8_t, FileKey::kBytes> key{};
  if (!chacha_open_into({wrapping, {}}, body, key).has_value()) return std::nullopt;
  return FileKey::take(key);
}

// Another length could be made to open under two keys.
Status check_body(const Stanza& stanza) {
  if (stanza.body.size() == kBodyBytes) return {};
  return fail(kMalformed, "a wrapped file key", static_cast<std::int64_t>(stanza.body.size()));
}

SecretBytes x25519_wrapping(const AgreedSecret& agreed, const Share& share,
                            const Recipient& recipient) {
  const Bytes salt = concat({share.view(), recipient.view()});
  return hkdf_sha256(salt, agreed.expose(kExpose), as_bytes(kX25519Info), 32);
}

struct X25519Stanza {
  Share share;
  BytesView body;
};
Result<X25519Stanza> parse_x25519(const Stanza& stanza) {
  if (stanza.arguments.size() != 2) return fail(kMalformed, "arguments of an X25519 stanza");
  const Bytes share = TRY(from_base64(stanza.arguments[1], Base64Padding::kNone));
  TRY(check_body(stanza));
  return X25519Stanza{TRY(Share::from(share)), stanza.body};
}

Result<int> parse_work(std::string_view text) {
  int work = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), work);
  // One text for one number: from_chars takes "007" and "-1" as well.
  if (error != std::errc{} || std::to_string(work) != text || work < kLeastScryptWork)
    return fail(kMalformed, "work of a passphrase");
  if (work > kMostScryptWork) return fail(kTooLarge, "work of a passphrase", work);
  return work;
}

struct ScryptStanza {
  Salt salt;
  int work = 0;
  BytesView body;
};
Result<ScryptStanza> parse_scrypt(const Stanza& stanza) {
  if (stanza.arguments.size() != 3) return fail(kMalformed, "arguments of an scrypt stanza");
  const Bytes salt = TRY(from_base64(stanza.arguments[1], Base64Padding::kNone));
  TRY(check_body(stanza));
  const int work = TRY(parse_work(stanza.arguments[2]));
  return ScryptStanza{TRY(Salt::from(salt)), work, stanza.body};
}

Result<SecretBytes> scrypt_wrapping(const SecretBytes& passphrase, const Salt& salt, int work) {
  return scrypt(passphrase.expose(kExpose), concat({as_bytes(kScryptSalt), salt.view()}), work);
}

}  // namespace

Result<Stanza> wrap_for(const FileKey& key, const Recipient& recipient, Rng& rng) {
  const auto ephemeral = make_x25519_pair<Share, Secret<struct AgeEphemeralTag, 32>>(rng);
  const AgreedSecret agreed = TRY(x25519_agree(ephemeral.secret.expose(kExpose), recipient.view()));
  const SecretBytes wrapping = x25519_wrapping(agreed, ephemeral.public_key, recipient);
  return Stanza{
      {std::string(kX25519), to_base64(ephemeral.public_key.view(), Base64Padding::kNone)},
      seal_key(key, wrapping.expose(kExpose))};
}

Result<Stanza> wrap_under(const FileKey& key, const Passphrase& passphrase, Rng& rng) {
  if (passphrase.text.empty()) return fail(kOutOfRange, "an empty passphrase");
  const Salt salt = rng.draw<Salt>();
  const SecretBytes wrapping = TRY(scrypt_wrapping(passphrase.text, salt, passphrase.work));
  return Stanza{{std::string(kPassphraseType), to_base64(salt.view(), Base64Padding::kNone),
                 std::to_string(passphrase.work)},
                seal_key(key, wrapping.expose(kExpose))};
}

Result<std::optional<FileKey>> unwrap_by(const std::vector<Stanza>& stanzas,
                                         const Identity& identity) {
  const Recipient recipient = recipient_of(identity);
  std::optional<FileKey> key;
  for (const Stanza& stanza : stanzas) {
    if (stanza.arguments.front() != kX25519) continue;
    // Every one is looked at: a malformed one after ours is malformed too.
    const X25519Stanza parsed = TRY(parse_x25519(stanza));
    const AgreedSecret agreed = TRY(x25519_agree(identity.expose(kExpose), parsed.share.view()));
    const SecretBytes wrapping = x25519_wrapping(agreed, parsed.share, recipient);
    if (!key.has_value()) key = open_key(parsed.body, wrapping.expose(kExpose));
  }
  return key;
}

Result<std::optional<FileKey>> unwrap_by(const std::vector<Stanza>& stanzas,
                                         const SecretBytes& passphrase) {
  for (const Stanza& stanza : stanzas) {
    if (stanza.arguments.front() != kPassphraseType) continue;
    const ScryptStanza parsed = TRY(parse_scrypt(stanza));
    const SecretBytes wrapping = TRY(scrypt_wrapping(passphrase, parsed.salt, parsed.work));
    return open_key(parsed.body, wrapping.expose(kExpose));
  }
  return std::nullopt;
}

}  // namespace tocsin::age

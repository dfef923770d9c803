#include "crypto/vault/credential.h"

#include <optional>
#include <string_view>

namespace tocsin {
namespace {

bool is_space(std::uint8_t byte) { return byte == ' ' || (byte >= '\t' && byte <= '\r'); }
bool is_digit(std::uint8_t byte) { return byte >= '0' && byte <= '9'; }
std::uint8_t lower(std::uint8_t byte) {
  return byte >= 'A' && byte <= 'Z' ? static_cast<std::uint8_t>(byte - 'A' + 'a') : byte;
}

// 24 digits with spaces and hyphens anywhere, without them.
std::optional<SecretBytes> as_digits(BytesView text) {
  SecretBytes digits = SecretBytes::zeros(kPassphraseDigits);
  const MutableBytes target = digits.expose_mutable(kExpose);
  std::size_t count = 0;
  for (const std::uint8_t byte : text) {
    if (is_space(byte) || byte == '-') continue;
    if (!is_digit(byte) || count == target.size()) return std::nullopt;
    target[count++] = byte;
  }
  if (count != target.size()) return std::nullopt;
  return digits;
}

// Seven words of the list in any case, spaces or hyphens between and around: lower case, one space
// between.
std::optional<SecretBytes> as_words(BytesView text) {
  SecretBytes words = SecretBytes::zeros(kPassphraseWords * (kWordLetters + 1) - 1);
  const MutableBytes target = words.expose_mutable(kExpose);
  std::size_t written = 0;
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (is_space(text[at]) || text[at] == '-') {
      ++at;
      continue;
    }
    if (count++ == kPassphraseWords) return std::nullopt;
    if (written > 0) target[written++] = ' ';
    const std::size_t begin = written;
    while (at < text.size() && !is_space(text[at]) && text[at] != '-') {
      if (written - begin == kWordLetters) return std::nullopt;
      target[written++] = lower(text[at++]);
    }
    if (!number_of_word(as_text(target.subspan(begin, written - begin)))) return std::nullopt;
  }
  if (count != kPassphraseWords) return std::nullopt;
  return words;
}

}  // namespace

Result<Credential> Credential::from_text(const SecretBytes& typed) {
  const BytesView text = typed.expose(kExpose);
  if (text.empty()) return fail(kMalformed, "empty passphrase");
  if (text.size() > kMaxPassphraseBytes)
    return fail(kTooLarge, "passphrase length", static_cast<std::int64_t>(text.size()));
  if (std::optional<SecretBytes> digits = as_digits(text)) return Credential(std::move(*digits));
  if (std::optional<SecretBytes> words = as_words(text)) return Credential(std::move(*words));
  return Credential(typed.duplicate());
}

BytesView Credential::expose(ExposeToken) const {
  if (const auto* key_file = std::get_if<VaultKeyFile>(&value_)) return key_file->expose(kExpose);
  return std::get<SecretBytes>(value_).expose(kExpose);
}

SecretBytes make_passphrase_words(Rng& rng) {
  Bytes text;
  text.reserve(kPassphraseWords * (kWordLetters + 1));  // no growing, so no copy left behind
  for (std::size_t i = 0; i < kPassphraseWords; ++i) {
    if (i > 0) text.push_back(' ');
    const std::string word = word_of(rng.below(kWordCount));
    text.insert(text.end(), word.begin(), word.end());
  }
  return SecretBytes(std::move(text));
}

SecretBytes make_passphrase_digits(Rng& rng) {
  constexpr std::size_t kGroup = 4;
  Bytes text;
  text.reserve(kPassphraseDigits + kPassphraseDigits / kGroup);
  for (std::size_t i = 0; i < kPassphraseDigits; ++i) {
    if (i > 0 && i % kGroup == 0) text.push_back(' ');
    text.push_back(static_cast<std::uint8_t>('0' + rng.below(10)));
  }
  return SecretBytes(std::move(text));
}

}  // namespace tocsin

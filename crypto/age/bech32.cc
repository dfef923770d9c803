#include "crypto/age/bech32.h"

#include <algorithm>

namespace tocsin::age {
namespace {

constexpr std::string_view kAlphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr std::size_t kChecksumCharacters = 6;

// BIP 173's BCH code, fed character by character.
class Checksum {
 public:
  void take(std::uint8_t five_bits) {
    static constexpr std::array<std::uint32_t, 5> kGenerator{0x3b6a57b2, 0x26508e6d, 0x1ea119fa,
                                                             0x3d4233dd, 0x2a1462b3};
    const std::uint32_t top = state_ >> 25U;
    state_ = ((state_ & 0x1ffffffU) << 5U) ^ five_bits;
    for (std::size_t i = 0; i < kGenerator.size(); ++i) {
      if (((top >> i) & 1U) != 0) state_ ^= kGenerator[i];
    }
  }
  void take_prefix(std::string_view prefix) {
    for (const char letter : prefix) take(static_cast<std::uint8_t>(letter) >> 5U);
    take(0);
    for (const char letter : prefix) take(static_cast<std::uint8_t>(letter) & 31U);
  }
  std::uint32_t state() const { return state_; }

 private:
  std::uint32_t state_ = 1;
};

bool is_lower(char letter) { return letter >= 'a' && letter <= 'z'; }
bool is_upper(char letter) { return letter >= 'A' && letter <= 'Z'; }

std::string lowered(std::string_view text) {
  std::string lower(text);
  for (char& letter : lower) {
    if (is_upper(letter)) letter = static_cast<char>(letter - 'A' + 'a');
  }
  return lower;
}

SecretBytes to_fives(BytesView data) {
  Bytes fives;
  fives.reserve(data.size() * 8 / 5 + 1);
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const std::uint8_t byte : data) {
    bits = bits << 8U | byte;
    for (held += 8; held >= 5; held -= 5)
      fives.push_back(static_cast<std::uint8_t>(bits >> (held - 5) & 31U));
  }
  if (held > 0) fives.push_back(static_cast<std::uint8_t>(bits << (5 - held) & 31U));
  return SecretBytes(std::move(fives));
}

Result<SecretBytes> from_fives(BytesView fives) {
  Bytes data;
  data.reserve(fives.size() * 5 / 8);
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const std::uint8_t five : fives) {
    bits = bits << 5U | five;
    held += 5;
    if (held < 8) continue;
    held -= 8;
    data.push_back(static_cast<std::uint8_t>(bits >> held & 255U));
  }
  const bool left_over = held >= 5 || (bits & ((1U << held) - 1)) != 0;
  SecretBytes secret(std::move(data));
  if (left_over) return fail(kMalformed, "bits after the last byte", held);
  return secret;
}

}  // namespace

std::string to_bech32(std::string_view prefix, BytesView data) {
  Checksum checksum;
  checksum.take_prefix(prefix);
  std::string text(prefix);
  text.push_back('1');
  const SecretBytes fives = to_fives(data);
  for (const std::uint8_t five : fives.expose(kExpose)) {
    checksum.take(five);
    text.push_back(kAlphabet[five]);
  }
  for (std::size_t i = 0; i < kChecksumCharacters; ++i) checksum.take(0);
  const std::uint32_t sum = checksum.state() ^ 1U;
  for (unsigned i = 0; i < kChecksumCharacters; ++i)
    text.push_back(kAlphabet[sum >> (5 * (5 - i)) & 31U]);
  return text;
}

Result<Bech32> from_bech32(std::string_view text) {
  if (std::ranges::any_of(text, is_lower) && std::ranges::any_of(text, is_upper))
    return fail(kMalformed, "a key in two cases");
  const std::string lower = lowered(text);
  const std::size_t one = lower.rfind('1');
  if (one == std::string::npos || one == 0 || lower.size() - one - 1 < kChecksumCharacters)
    return fail(kMalformed, "a key without its parts", static_cast<std::int64_t>(text.size()));
  const std::string prefix = lower.substr(0, one);
  for (const char letter : prefix) {
    if (letter < 33 || letter > 126) return fail(kMalformed, "prefix of a key");
  }
  Checksum checksum;
  checksum.take_prefix(prefix);
  SecretBytes fives = SecretBytes::zeros(lower.size() - one - 1);
  std::size_t count = 0;
  for (const char letter : std::string_view(lower).substr(one + 1)) {
    const std::size_t five = kAlphabet.find(letter);
    if (five == std::string_view::npos) return fail(kMalformed, "character of a key");
    fives.expose_mutable(kExpose)[count++] = static_cast<std::uint8_t>(five);
    checksum.take(static_cast<std::uint8_t>(five));
  }
  if (checksum.state() != 1) return fail(kMalformed, "checksum of a key");
  SecretBytes data = TRY(from_fives(fives.expose(kExpose).first(count - kChecksumCharacters)));
  return Bech32{std::string(text.substr(0, one)), std::move(data)};
}

}  // namespace tocsin::age

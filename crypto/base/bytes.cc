#include "crypto/base/bytes.h"

#include <sodium.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "crypto/base/codes.h"

namespace tocsin {

Bytes concat(std::initializer_list<BytesView> parts) {
  std::size_t total = 0;
  for (const BytesView part : parts) total += part.size();
  Bytes joined;
  joined.reserve(total);
  for (const BytesView part : parts) joined.insert(joined.end(), part.begin(), part.end());
  return joined;
}

void copy_exact(BytesView source, MutableBytes target) {
  if (source.size() != target.size()) std::abort();
  std::copy(source.begin(), source.end(), target.begin());
}

void wipe(MutableBytes bytes) { sodium_memzero(bytes.data(), bytes.size()); }

bool equal_in_constant_time(BytesView a, BytesView b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

// No branch depends on a byte, and a word at a time: libsodium's goes byte by byte, which was a
// twentieth of what the relay spends on a cell (paddings are long).
bool is_all_zero(BytesView bytes) {
  std::uint64_t seen = 0;
  while (bytes.size() >= sizeof seen) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), sizeof word);
    seen |= word;
    bytes = bytes.subspan(sizeof word);
  }
  for (const std::uint8_t byte : bytes) seen |= byte;
  return seen == 0;
}

std::string to_hex(BytesView bytes) {
  std::string text(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
  text.pop_back();
  return text;
}

Result<Bytes> from_hex(std::string_view text) {
  if (text.empty()) return Bytes{};  // an empty vector has no address, and libsodium asks for one
  if (text.size() % 2 != 0)
    return fail(kMalformed, "hexadecimal text", static_cast<std::int64_t>(text.size()));
  Bytes bytes(text.size() / 2);
  std::size_t length = 0;
  const char* end = nullptr;
  const int status =
      sodium_hex2bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &length, &end);
  if (status != 0 || end != text.data() + text.size() || length * 2 != text.size() ||
      to_hex(bytes) != text) {
    return fail(kMalformed, "hexadecimal text", static_cast<std::int64_t>(text.size()));
  }
  return bytes;
}

namespace {

std::string encode_base64(BytesView bytes, int variant) {
  std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), variant);
  text.pop_back();  // the library's terminating zero
  return text;
}

Result<Bytes> decode_base64(std::string_view text, int variant) {
  Bytes bytes(text.size() / 4 * 3 + 3);
  std::size_t length = 0;
  const char* end = nullptr;
  const int status = sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(),
                                       nullptr, &length, &end, variant);
  if (status == 0) bytes.resize(length);
  // One value, one text: what the library lets pass beside that is refused here.
  if (status != 0 || end != text.data() + text.size() || encode_base64(bytes, variant) != text)
    return fail(kMalformed, "base64 text", static_cast<std::int64_t>(text.size()));
  return bytes;
}

int variant_of(Base64Padding padding) {
  return padding == Base64Padding::kWith ? sodium_base64_VARIANT_ORIGINAL
                                         : sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
}

}  // namespace

std::string to_base64url(BytesView bytes) {
  return encode_base64(bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}
Result<Bytes> from_base64url(std::string_view text) {
  return decode_base64(text, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

std::string to_base64(BytesView bytes, Base64Padding padding) {
  return encode_base64(bytes, variant_of(padding));
}
Result<Bytes> from_base64(std::string_view text, Base64Padding padding) {
  return decode_base64(text, variant_of(padding));
}

}  // namespace tocsin

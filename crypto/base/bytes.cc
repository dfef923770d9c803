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

std::string to_base64url(BytesView bytes) {
  std::string text(
      sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(),
                    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  text.pop_back();
  return text;
}

Result<Bytes> from_base64url(std::string_view text) {
  Bytes bytes(text.size() / 4 * 3 + 3);
  std::size_t length = 0;
  const char* end = nullptr;
  const int status =
      sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &length,
                        &end, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  if (status == 0) bytes.resize(length);
  if (status != 0 || end != text.data() + text.size() || to_base64url(bytes) != text) {
    return fail(kMalformed, "base64url text", static_cast<std::int64_t>(text.size()));
  }
  return bytes;
}

}  // namespace tocsin
